/** The codecs in the box, by the name that profiles use. */

import { withMemory, type BenchedCodec } from '../codec-bench.ts';
import type { CodecName } from '../schema.ts';
import { gb26875 } from './gb26875.ts';
import { haDiscovery } from './ha-discovery.ts';
import { senml } from './senml.ts';
import { sparkplugB } from './sparkplug-b.ts';

export const CODECS: Readonly<Record<CodecName, () => BenchedCodec>> = {
  senml: withMemory(senml),
  'sparkplug-b': withMemory(sparkplugB),
  'ha-discovery': withMemory(haDiscovery),
  gb26875: withMemory(gb26875),
};
