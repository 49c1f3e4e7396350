/**
 * Sentences about messages, device profiles and what people asked for, by name: English here, for the logs and for programs; a screen has them
 * in its own languages. What stands in braces is filled in.
 */

import { REFUSALS } from './refusals.ts';

const MESSAGES = {
  'payload-too-large': 'The payload has {bytes} bytes; at most {most} are taken.',
  'not-utf8': 'The payload is not UTF-8 text.',
  'payload-empty': 'The payload is empty.',
  'json-ends-early': 'The payload is not JSON: it ends too early.',
  'json-token': 'The payload is not JSON: {token} is not expected there.',
  'json-position': 'The payload is not JSON: it is broken at position {position}.',
  'json-broken': 'The payload is not JSON: it is broken.',
  'nested-too-deep': 'The JSON nests deeper than {levels} levels.',
  'simulated-only':
    'Repository {repository} is simulated and takes only messages with "simulated":true.',
  'real-only': 'The message is marked as simulated, but repository {repository} is real.',
  failed: 'Lantai failed on this message; please report it: {what}.',
  'unknown-status': 'The status is neither online nor offline.',
  'unknown-repository': 'The repository file has no repository {repository}.',
  'topic-ending': 'The topic ends in {ending}; it must end in telemetry, access or status.',
  'foreign-topic':
    'The topic is not {ours}, …/access or …/status, and no device profile in use knows it.',
  'no-sensor': 'Repository {repository} has no sensor {id}.',
  'no-sensor-but-door': 'Repository {repository} has no sensor {id}; it is a door.',
  'no-door': 'Repository {repository} has no door {id}.',
  'no-door-but-sensor': 'Repository {repository} has no door {id}; it is a sensor.',
  'no-thing': 'Repository {repository} has no sensor, door or device {id}.',
  'retired-id': 'The id {id} is retired: it is no longer in the repository file.',
  'payload-no-object': 'The payload is not a JSON object.',
  'item-no-object': 'Item {number} of the array is not a JSON object.',
  'array-too-long': 'The array has {count} objects; at most {most} are taken.',
  'unknown-event': 'The event is {event}; it must be one of {known}.',
  'no-event': 'The event is missing or not text; it must be one of {known}.',
  'no-metric': 'The message has no metric: only time, sequence or nothing.',
  'field-text': 'The field {metric} is text, not a number.',
  'field-boolean': 'The field {metric} is true or false, not a number.',
  'field-object': 'The field {metric} is an object or a list, not a number.',
  'field-not-binary': 'The field {metric} must be 0 or 1.',
  'field-not-finite': 'The field {metric} is no finite number.',
  'field-sequence': 'The field {metric} is not a whole number from 0; it is left out.',
  'field-undeclared': 'The field {metric} is not declared for this sensor.',
  'field-unknown': 'The field {metric} is not a metric that Lantai knows.',
  'engine-failed': 'The rules could not take this message: {what}',
  'store-rejected': 'The reading store refused it: {what}',
} as const;

const FORMATS = {
  'not-text': 'The payload is no text in the profile’s encoding.',
  'too-many-lines': 'The payload has {count} lines; at most {most} are taken.',
  'not-multipart': 'The body begins with no boundary line.',
  'no-json-part': 'No part of the multipart body is JSON.',
  'too-many-records': 'At most {most} records are taken.',
  'too-many-values': 'The message has more than {most} values.',
  'no-device': 'The message does not say which device it is of ({device}).',
  'no-device-list': 'The message is no list of devices with names.',
  'ha-topic': 'The topic is none of Home Assistant discovery.',
  'ha-not-an-object': 'A discovery message is a JSON object.',
  'ha-no-components': 'The device has no components.',
  'ha-too-many-components': 'The device describes more than {most} components.',
  'ha-component': 'A component of kind {kind} is not read, only sensors and binary sensors are.',
  'ha-no-topic': 'It names no topic to read.',
  'ha-not-utf8': 'Its payloads are not UTF-8 text.',
  'ha-template-no-text': 'Its template is not text.',
  'ha-template': 'The template {template} is more than a path.',
  'ha-no-words': 'Its words for on and off are no words.',
  'ha-same-words': 'Its words for on and off are the same.',
  'gb26875-no-frame': 'There is no GB/T 26875.3 frame with a right checksum.',
  'gb26875-short': 'The frame is shorter than what it says it holds.',
  'senml-not-a-pack': 'A SenML pack is a JSON array.',
  'senml-too-many': 'The pack has more than {most} records.',
  'senml-not-a-record': 'A SenML record is a JSON object.',
  'senml-must-understand': 'The label {label} must be understood, and is not known.',
  'senml-base-text': 'The base field "{label}" must be text.',
  'senml-base-number': 'The base field "{label}" must be a number.',
  'senml-version': 'SenML version {version} is not known, only {known}.',
  'sparkplug-topic': 'The topic is none of Sparkplug B.',
  'sparkplug-broken': 'The payload is not a Sparkplug B message, or it is cut off.',
  'sparkplug-earlier-session':
    'The message was sent before the last birth of its node; its aliases may not hold.',
  'sparkplug-before-birth':
    'Data came before a birth has said what its aliases mean; the node is asked for it.',
} as const;

const PROFILES = {
  'no-profile': 'There is no device profile {profile}, neither in the box nor of this house.',
  'profile-too-long': 'A profile has at most {most} characters.',
  'profile-aliases': 'The aliases (*) of the profile unfold to too much.',
  'no-timezone': 'There is no time zone {zone}.',
  'lines-without-columns': 'Lines need the names of their columns.',
  'pivot-list-or-entries': 'A pivot has either a list or entries.',
  'pivot-without-key': 'A pivot of a list needs the key that names each item.',
  'metric-unknown': '{metric} is not a metric that Lantai knows; other values are named x.<name>.',
  'reading-without-path': 'The reading needs a path.',
  'reading-without-name': 'In a pivot the reading needs the name of its item.',
  'unit-no-state': "The unit {unit} can't become a state ({metric}).",
  'unit-not-convertible': "The unit {unit} can't become {wanted} ({metric}).",
  'name-two-stars': 'A name may have one *.',
  'device-list-topic':
    'A list of devices needs one topic without variables, and the path of its items in each.',
  'path-empty-part': 'The path {path} has an empty part.',
  'path-two-stars': 'The path {path} has more than one * in a part.',
  'path-open-bracket': 'The path {path} has [" without "].',
  'path-bracket': 'The path {path} needs [*], a number or ["a name"] in brackets.',
  'topic-variable-level':
    'The topic {topic} may have a variable in braces, one with + at its end, or # only as a whole level.',
  'topic-two-rests': 'The topic {topic} has more than one variable of several levels or #.',
  'topic-rest-last': 'In the topic {topic} the # must be last.',
  'key-unknown': 'Unknown key {key} in {where}.',
  'key-missing': '{where} lacks {key}.',
  'value-one-of': '{where} must be one of {known}.',
  'value-type': '{where} must be {type}.',
  'value-pattern': '{where} must match the pattern {pattern}.',
  'value-too-long': '{where} must not have more than {most}.',
  'value-too-short': '{where} must not have fewer than {least}.',
  'value-bounds': '{where} must be {comparison} {limit}.',
  'value-other': '{where} {what}.',
  'yaml-other': '{what}.',
  'yaml-indent': 'The line is not indented as its neighbours are.',
  'yaml-tab': 'Tabs are not allowed for indentation.',
  'yaml-duplicate': 'The key stands there twice.',
  'yaml-unclosed': 'A bracket, a brace or a quote is not closed, or a comma is missing.',
  'yaml-alias': 'The alias (*) names no anchor (&) above it.',
} as const;

export const SENTENCES = { ...MESSAGES, ...FORMATS, ...PROFILES, ...REFUSALS } as const;
export type SentenceName = keyof typeof SENTENCES;

/** A sentence by its name, with what stands in its gaps. */
export interface Sentence {
  readonly name: string;
  readonly gaps?: Gaps;
}
type Gaps = Readonly<Record<string, string | number>>;

/** A sentence in English, and so that a screen can say it in its own language. */
export interface Said {
  readonly why: string;
  readonly say: Sentence;
}

type GapOf<Text> = Text extends `${string}{${infer Gap}}${infer Rest}` ? Gap | GapOf<Rest> : never;
type GapsOf<Name extends SentenceName> = [GapOf<(typeof SENTENCES)[Name]>] extends [never]
  ? []
  : [gaps: Readonly<Record<GapOf<(typeof SENTENCES)[Name]>, string | number>>];

/** The sentence of this name, its gaps filled. */
export function say<Name extends SentenceName>(name: Name, ...[gaps]: GapsOf<Name>): Said {
  const filled: Gaps | undefined = gaps;
  if (!filled) return { why: SENTENCES[name], say: { name } };
  const why = SENTENCES[name].replace(/\{(\w+)\}/g, (_gap, key: string) =>
    String(filled[key] ?? ''),
  );
  return { why, say: { name, gaps: filled } };
}
