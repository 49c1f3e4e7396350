/** The indicators and the bounds between the result words, read from their files and checked once. */

import { fileURLToPath } from 'node:url';
import { Type, type Static } from 'typebox';
import { readYaml } from '../../alerts/index.ts';
import { RESULTS, type Indicator } from '../../domain/assessment.ts';
import { VERIFICATIONS, type Citation } from '../../domain/limits.ts';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import type { LocalizedText } from '../../domain/text.ts';

const strict = { additionalProperties: false };
const Text = Type.Object(
  { zh: Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  strict,
);
const Cited = Type.Object(
  {
    standard: Type.String(),
    edition: Type.Optional(Type.String()),
    clause: Type.Optional(Type.String()),
    verification: Type.Enum([...VERIFICATIONS]),
    source: Type.Optional(Type.String()),
    note: Type.Optional(Text),
  },
  strict,
);
const Share = Type.Number({ minimum: 0, maximum: 1 });
const ShareBounds = Type.Object(
  { dangerAbove: Share, highDangerAbove: Type.Optional(Share) },
  strict,
);
const ResponseBounds = Type.Object(
  {
    acknowledgeWithinMinutes: Type.Number({ exclusiveMinimum: 0 }),
    dangerAbove: Share,
    highDangerAbove: Type.Optional(Share),
  },
  strict,
);
const Watch = Type.Object(
  {
    required: Type.Integer({ minimum: 1 }),
    without: Type.Enum([...RESULTS]),
    watchDangerAbove: Share,
    citation: Type.Optional(Cited),
  },
  strict,
);
const Events = Type.Object({ dangerFrom: Type.Integer({ minimum: 1 }) }, strict);

const IndicatorFile = Type.Object(
  {
    citation: Cited,
    groups: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: '^[1-4]$' }),
          name: Text,
          indicators: Type.Array(
            Type.Object(
              {
                id: Type.String({ pattern: '^[1-4]\\.[1-9]$' }),
                name: Text,
                kind: Type.Enum(['computed', 'manual', 'mixed']),
                beyondData: Type.Optional(Text),
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);

const ThresholdFile = Type.Object(
  {
    citation: Cited,
    periodDays: Type.Integer({ minimum: 1, maximum: 366 }),
    stackClasses: Type.Array(Type.Enum([...ROOM_CLASSES])),
    alwaysJudgedClasses: Type.Array(Type.Enum([...ROOM_CLASSES])),
    evidence: Type.Object(
      {
        hourCompletenessMin: Share,
        dayCompletenessMin: Share,
        tailGapHoursMax: Type.Number({ minimum: 1 }),
        rollUpLagMinutes: Type.Number({ minimum: 0 }),
      },
      strict,
    ),
    timeInRange: ShareBounds,
    swingFromSetPoint: ShareBounds,
    swingPeakToPeak: ShareBounds,
    fireDetectors: Watch,
    waterSensors: Watch,
    climateInstruments: Type.Object({ without: Type.Enum([...RESULTS]), citation: Cited }, strict),
    doors: Type.Object(
      {
        forced_open: Events,
        duress: Events,
        tamper: Events,
        held_open: Events,
        denied: Events,
        out_of_hours: Events,
      },
      strict,
    ),
    outOfHoursRules: Type.Array(Type.String()),
    response: Type.Object(
      {
        critical: ResponseBounds,
        high: ResponseBounds,
        incident: ResponseBounds,
        steps: ShareBounds,
      },
      strict,
    ),
    openAlarms: Type.Object(
      {
        highDangerWhenCriticalUnacknowledgedHours: Type.Number({ minimum: 0 }),
        dangerWhenHighOpenHours: Type.Number({ minimum: 0 }),
      },
      strict,
    ),
    manualValidDays: Type.Integer({ minimum: 1 }),
  },
  strict,
);

/** Our own bounds, all 本馆自定. */
export type Thresholds = Static<typeof ThresholdFile>;
export type ShareBounds = Static<typeof ShareBounds>;
export type WatchBounds = Static<typeof Watch>;

export interface IndicatorGroup {
  /** `1` … `4`: what `Indicator.parent` names. */
  readonly id: string;
  readonly name: LocalizedText;
}

export interface AssessmentKnowledge {
  readonly groups: readonly IndicatorGroup[];
  readonly indicators: readonly Indicator[];
  /** What of a mixed indicator no data can show, by indicator id. */
  readonly beyondData: ReadonlyMap<string, LocalizedText>;
  readonly thresholds: Thresholds;
  /** 本馆自定, with the note that belongs to every bound of ours. */
  readonly ownCitation: Citation;
}

/** Reads both files; throws on a file that does not fit its schema, as that is a fault of the release. */
export function loadAssessmentKnowledge(): AssessmentKnowledge {
  const file = readYaml(pathOf('indicators.yaml'), IndicatorFile);
  const thresholds = readYaml(pathOf('thresholds.yaml'), ThresholdFile);
  const entries = file.groups.flatMap((group) =>
    group.indicators.map((entry) => ({ ...entry, parent: group.id })),
  );
  return {
    groups: file.groups.map(({ id, name }) => ({ id, name })),
    indicators: entries.map(({ id, parent, name, kind }) => ({
      id,
      parent,
      name,
      kind,
      citation: { ...file.citation, clause: id },
    })),
    beyondData: new Map(
      entries.flatMap((e) => (e.beyondData === undefined ? [] : [[e.id, e.beyondData] as const])),
    ),
    thresholds,
    ownCitation: thresholds.citation,
  };
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
