/** The codecs by name, and what each remembers of each source. */

import { NOTHING, type Codec, type CodecInput, type ProfileOutput } from './output.ts';
import type { CodecName } from './schema.ts';

/** A codec with a memory of its own for each use of a profile. */
export interface CodecBench {
  of(use: string): { run(name: CodecName, input: CodecInput): ProfileOutput };
}

/** A codec with its memory in it. */
export type BenchedCodec = { decode(input: CodecInput): ProfileOutput };

/** Memories outlive changes of the structure: a birth certificate is not sent again because a room got a new name. */
export function createCodecBench(
  codecs: Readonly<Partial<Record<CodecName, () => BenchedCodec>>>,
): CodecBench {
  const benches = new Map<string, Map<CodecName, BenchedCodec>>();
  return {
    of(use) {
      let bench = benches.get(use);
      if (!bench) benches.set(use, (bench = new Map()));
      const own = bench;
      return {
        run(name, input) {
          let codec = own.get(name);
          if (!codec) {
            const make = codecs[name];
            if (!make) return NOTHING;
            own.set(name, (codec = make()));
          }
          return codec.decode(input);
        },
      };
    },
  };
}

/** A codec and the memory that it was given. */
export function withMemory<Memory>(codec: Codec<Memory>): () => BenchedCodec {
  return () => {
    const memory = codec.newMemory();
    return { decode: (input) => codec.decode(input, memory) };
  };
}
