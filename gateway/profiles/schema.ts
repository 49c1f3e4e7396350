/** The schema of a device profile: pure data, no code and no expressions from whoever writes one. */

import { Type, type Static } from 'typebox';

const strict = { additionalProperties: false };
const Word = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$' });
const Text = Type.String({ minLength: 1, maxLength: 300 });
const PathText = Type.String({ minLength: 1, maxLength: 200 });
const Paths = Type.Union([PathText, Type.Array(PathText, { minItems: 1, maxItems: 12 })]);
const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const OneOrMore = Type.Union([Scalar, Type.Array(Scalar, { minItems: 1, maxItems: 40 })]);
/** Path -> what stands there; `null` also means: nothing stands there. */
const Conditions = Type.Record(PathText, OneOrMore);
const Localized = Type.Object({ zh: Text, en: Text }, strict);

/** Text form of a value -> number; `*`: any other. */
const NumberMap = Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean()]));
const WordMap = Type.Record(Type.String(), Type.String());

export const ReadingEntry = Type.Object(
  {
    metric: Type.String({ minLength: 1, maxLength: 64 }),
    /** The first that finds something counts. In a `pivot`: use `name`. */
    path: Type.Optional(Paths),
    /** In a `pivot`: the item's name, with one `*`. */
    name: Type.Optional(Paths),
    /** Unset: the key that a `*` in the path matched. A template. */
    channel: Type.Optional(Type.String({ maxLength: 120 })),
    unit: Type.Optional(Type.String({ maxLength: 20 })),
    /** Where the message itself says the unit. */
    unitFrom: Type.Optional(PathText),
    scale: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    map: Type.Optional(NumberMap),
    /** One bit of a status word, 0 the lowest. */
    bit: Type.Optional(Type.Integer({ minimum: 0, maximum: 31 })),
    /** Values that stand for an error. */
    ignore: Type.Optional(Type.Array(Type.Number(), { maxItems: 20 })),
    /** Outside it there is no reading but an issue. */
    range: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
    when: Type.Optional(Conditions),
    /** Where the source leaves a value out when it is this. */
    default: Type.Optional(Type.Number()),
  },
  strict,
);
export type ReadingEntry = Static<typeof ReadingEntry>;

const EventField = Type.Union([
  PathText,
  Type.Object({ path: Paths, map: Type.Optional(WordMap) }, strict),
]);
export type EventField = Static<typeof EventField>;

export const EventEntry = Type.Object(
  {
    when: Type.Optional(Conditions),
    /** The first whose map knows the value gives the kind of event. */
    event: Type.Array(Type.Object({ path: Paths, map: WordMap }, strict), {
      minItems: 1,
      maxItems: 6,
    }),
    door: Type.Optional(EventField),
    credential: Type.Optional(EventField),
    person: Type.Optional(EventField),
    direction: Type.Optional(EventField),
    reason: Type.Optional(EventField),
  },
  strict,
);
export type EventEntry = Static<typeof EventEntry>;

const AvailabilityEntry = Type.Object(
  {
    /** Unset: the whole payload. */
    path: Type.Optional(Paths),
    online: Type.Array(Scalar, { minItems: 1 }),
    offline: Type.Array(Scalar, { minItems: 1 }),
    scope: Type.Optional(Type.Enum(['device', 'bridge'])),
  },
  strict,
);

/** The records are the source's devices, all of them; `device` is the name that its messages go by. */
const DeviceListEntry = Type.Object(
  {
    /** What stays with the thing when it gets another name. */
    hardware: Type.Optional(Paths),
    model: Type.Optional(Paths),
    manufacturer: Type.Optional(Paths),
    description: Type.Optional(Paths),
    /** Names of what it can say: those that a reading's path names are announced. */
    properties: Type.Optional(Paths),
    /** Not devices of anybody's: the source's own radio. */
    skipWhen: Type.Optional(Conditions),
    disabledWhen: Type.Optional(Conditions),
    /** The source has not learned yet what it is. */
    unfinishedWhen: Type.Optional(Conditions),
  },
  strict,
);

const Pivot = Type.Object(
  {
    /** The list of items; or, with `entries`, the object whose keys are the names. */
    list: Type.Optional(PathText),
    entries: Type.Optional(PathText),
    key: Type.Optional(PathText),
    value: Paths,
    time: Type.Optional(PathText),
    /** Not 0, not empty: the source marks the value as bad. */
    error: Type.Optional(PathText),
  },
  strict,
);

export const HandlerEntry = Type.Object(
  {
    name: Word,
    topic: Type.Array(Text, { minItems: 1, maxItems: 12 }),
    exclude: Type.Optional(Type.Array(Text, { maxItems: 12 })),
    /** `scalar`: text that is no JSON object or list. `lines`: text, a record each line. `parts`: the JSON part of a multipart body. */
    payload: Type.Enum(['json', 'text', 'scalar', 'lines', 'parts']),
    /** Of `lines`. */
    separator: Type.Optional(Type.String({ minLength: 1, maxLength: 4 })),
    columns: Type.Optional(Type.Array(Word, { minItems: 1, maxItems: 40 })),
    encoding: Type.Optional(Type.Enum(['utf8', 'gb18030', 'auto'])),
    /** The payload becomes the field of this name: a template. */
    field: Type.Optional(Type.String({ maxLength: 120 })),
    /** Variables of the topic that must have one of these values. */
    where: Type.Optional(Type.Record(Word, Type.Array(Type.String(), { minItems: 1 }))),
    require: Type.Optional(Paths),
    requireEquals: Type.Optional(Conditions),
    each: Type.Optional(PathText),
    pivot: Type.Optional(Pivot),
    vars: Type.Optional(Type.Record(Word, Paths)),
    /** A template. */
    device: Text,
    time: Type.Optional(Paths),
    historicalWhen: Type.Optional(Conditions),
    historical: Type.Optional(Type.Boolean()),
    sequence: Type.Optional(PathText),
    readings: Type.Optional(Type.Array(ReadingEntry, { maxItems: 60 })),
    /** Numbers of names that no entry knows are offered to people. */
    offerOthers: Type.Optional(Type.Boolean()),
    event: Type.Optional(EventEntry),
    availability: Type.Optional(AvailabilityEntry),
    deviceList: Type.Optional(DeviceListEntry),
    /** Later handlers look at the message, too. */
    also: Type.Optional(Type.Boolean()),
    /** Says again what another handler's message says: used only for devices that send nothing else. */
    fallback: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type HandlerEntry = Static<typeof HandlerEntry>;

const CODEC_NAMES = ['senml', 'sparkplug-b', 'ha-discovery', 'gb26875'] as const;
export type CodecName = (typeof CODEC_NAMES)[number];

const CodecEntry = Type.Object(
  { topic: Type.Array(Text, { minItems: 1 }), codec: Type.Enum([...CODEC_NAMES]) },
  strict,
);
export type CodecEntry = Static<typeof CodecEntry>;

const ExampleEntry = Type.Object(
  {
    topic: Text,
    /** Text; what is not text is written as JSON. */
    payload: Type.Unknown(),
    /** `<device> [<channel>] <metric> <value>`, `<device> <event>`, `<device> online`, `<device> listed [<model>]`: each exactly once, in any order. */
    expect: Type.Optional(Type.Array(Type.String({ maxLength: 400 }))),
  },
  strict,
);
export type ExampleEntry = Static<typeof ExampleEntry>;

export const ProfileDocument = Type.Object(
  {
    id: Word,
    version: Type.Integer({ minimum: 1 }),
    name: Localized,
    note: Type.Optional(Localized),
    /** Of local times without a zone; unset: the repository's. IANA name or `Z`. */
    timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    params: Type.Optional(Type.Record(Word, Text)),
    /** Its topics say that a message is of this format: unknown devices are found by them. */
    discovers: Type.Optional(Type.Boolean()),
    /** What people check before they trust it: ask for an action, watch the value. */
    commissioning: Type.Optional(Localized),
    liveness: Type.Optional(
      Type.Object(
        {
          expectEverySeconds: Type.Integer({ minimum: 1, maximum: 172_800 }),
          /** Devices that sleep say `offline` by design: only their silence counts. */
          sleeps: Type.Optional(Type.Boolean()),
        },
        strict,
      ),
    ),
    /** After its bridge came back the source says old values again without a mark. */
    repeatsAfterStart: Type.Optional(Type.Boolean()),
    /** Messages with what they must give: `npx lantai profile test FILE` tries them. */
    examples: Type.Optional(Type.Array(ExampleEntry, { maxItems: 100 })),
    /** Anchors for parts that several handlers share. */
    shared: Type.Optional(Type.Unknown()),
    handlers: Type.Array(Type.Union([HandlerEntry, CodecEntry]), { minItems: 1, maxItems: 24 }),
  },
  strict,
);
export type ProfileDocument = Static<typeof ProfileDocument>;
