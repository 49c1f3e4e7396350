/** Why the server does not do what a person asked; see `sentences.ts`. */

const STANDARDS = {
  'no-pack': 'There is no standards pack "{pack}"; there are {known}.',
  'pack-has-no-classes':
    'The standards pack "{pack}" has no classes of its own; write it without a class.',
  'pack-needs-class': 'The standards pack "{pack}" has classes; write one of {known}.',
  'no-pack-class': 'The standards pack "{pack}" has no class "{class}"; write one of {known}.',
  'pack-twice': 'The standards pack "{name}" is named twice.',
  'swing-missing': '"swing" is missing.',
  'swing-with-bounds': 'A swing has no "min" and no "max".',
  'range-with-swing': 'A range has no "swing".',
  'bounds-missing': 'Give "min", "max" or both.',
  'bounds-reversed': '"min" is above "max".',
  'backtest-too-long': 'A back-test spans at most {most} days.',
  'backtests-busy': 'Others are waiting already; try again later.',
} as const;

const THINGS = {
  'moment-unreadable': '"{field}" is neither RFC 3339 nor epoch milliseconds.',
  'shelving-past': '"until" must be in the future.',
  'period-reversed': '"from" must be before "to", and before now.',
  'period-too-long': 'At most {most} days are counted at once.',
  'trial-between': '"{field}" must be between {min} and {max}.',
  'trial-state': '"{field}" must be 0 or 1.',
  'trial-no-sensor': 'No such sensor of the room measures "{metric}".',
  'room-elsewhere': 'The room is in another repository.',
  'no-plan': 'There is no such plan.',
  'no-room': 'There is no room {room}.',
  'no-scenario': 'There is no such scenario.',
  'indicator-computed': 'This indicator is computed from data; nobody enters it.',
  'sensor-lacks-metric': 'The sensor {sensor} has no {metric}.',
  'source-empty': 'The source needs a device or a topic.',
  'source-profile': 'There is no device profile {profile}.',
  'id-reserved': 'The id {id} is reserved.',
  'id-taken': 'The id {id} is taken in this repository.',
  'id-retired':
    'The id {id} was used by something that is retired; its history stays its own. Choose another id.',
  'bound-already':
    'This device is bound already; bind that sensor or door to another device first.',
  'of-the-file': 'It is managed by the repository file; change it there and restart.',
  'use-taken': 'There is a profile in use of this id already.',
  'use-would-move':
    'What is bound by the id {id} would hear other topics: {things}. Choose another id.',
  'profile-in-use': 'The profile is used by {things}; bind them to another one first.',
  'profile-other-id': 'The text is of the profile {other}; its id must be {id}.',
  'person-taken': 'There is a person of this id already.',
} as const;

const DUTY = {
  'shelving-no-shift': 'No shift ends within a week; give "until".',
  'assignee-unknown': 'No account "{name}" works in this repository.',
  'service-already': 'It is out of service already.',
  'service-returned': 'It was returned to service before.',
  'service-no-rule': 'No rule "{rule}" judges it.',
  'service-second': 'It guards against fire, water or people: name a second person.',
  'service-second-unknown':
    'The second person must be of this repository, with the role security, manager or director.',
  'service-second-same': 'The second person must be somebody else.',
  'service-review': 'It guards against fire, water or people: say until when ("reviewAt").',
  'service-review-past': '"reviewAt" must be in the future.',
  'service-review-late':
    'It guards against fire, water or people: "reviewAt" is at most {hours} h away.',
  'handover-own': 'Whoever hands over does not take over: somebody else reads it.',
  'handover-read': '{by} has read it.',
} as const;

const ACCOUNTS = {
  'account-taken': 'There is an account of this name already.',
  'account-too-many': 'There are {most} accounts; no more are taken.',
  'account-expired': 'The account would have expired already.',
  'token-too-many': 'There are {most} tokens; no more are made.',
  'token-expired': 'The token would have expired already.',
  'token-revoked': 'The token is revoked already.',
  'role-missing': 'At least one role is needed.',
  'auditor-alone': 'The auditor holds no other role.',
  'repository-missing': 'At least one repository is needed, or * for all.',
  'repository-unknown': 'There is no repository "{repository}".',
  'repository-not-own': 'Nobody gives access to repositories that are not their own.',
  'administrator-last': 'The last administrator stays.',
  'password-short': 'A password needs at least {least} characters.',
  'password-long': 'A password has at most {most} characters.',
  'password-is-name': 'A password may not be the account name.',
  'password-is-old': 'The new password may not be the old one.',
  'password-changed': 'The password was changed meanwhile.',
  'password-wrong': 'The current password is wrong.',
} as const;

/** What people tell alarms and incidents, and why that is not done. */
const ACTS = {
  'alarm-not-open': 'No open alarm has this id.',
  'alarm-closed': 'The alarm is closed.',
  'alarm-out-of-service': 'It is out of service.',
  'alarm-in-service': 'It is in service.',
  'acknowledged-before': 'It was acknowledged before.',
  'assigned-so': 'It is assigned so.',
  'comment-empty': 'The comment is empty.',
  'shelving-safety': 'A safety alarm can not be shelved.',
  'shelving-managers': 'By its rule only a manager may shelve this alarm.',
  'shelving-reason': 'Shelving needs a reason.',
  'shelving-reason-short':
    'Shelving this priority needs a reason of at least {characters} characters.',
  'shelving-over': 'The shelving would be over already.',
  'shelving-too-long': 'An alarm is shelved for at most {hours} h.',
  'shelved-not': 'It is not shelved.',
  'suppression-safety': 'A safety alarm is never suppressed.',
  'suppressed-not': 'It is not suppressed.',
  'reset-not-latching': 'Only a latching alarm is reset.',
  'reset-holds': 'The condition still holds.',
  'reset-cannot-tell': 'Nobody knows whether it is over: there is no data.',
  'reset-before': 'It was reset before.',
  'closing-judged': 'Only an alarm whose rule or subject is retired is closed by a person.',
  'closing-reason': 'Closing needs a reason.',
  'incident-not-open': 'No open incident has this id.',
  'incident-no-plan': 'There is no such plan or repository.',
  'incident-no-room': 'There is no such room.',
  'incident-reason': 'An incident needs a reason.',
  'incident-open': 'It is open already: {incident}.',
  'incident-report': 'An incident is closed with a report.',
  'incident-signalling': '{alarms} of its alarms still hold.',
  'step-unknown': 'The plan has no step {step}.',
  'step-so': 'The step has this outcome already.',
  'step-reason': 'Say why the step was not done.',
  'level-so': 'It has this level already.',
  'level-reason': 'A level needs a reason.',
} as const;

/** A field of what was sent that has another shape than it must have. */
const FIELDS = {
  'request-unknown-field': '{where}: unknown field "{field}".',
  'request-missing-field': '{where}: "{field}" is missing.',
  'request-field': '{where}: "{field}" {what}.',
  'request-whole': '{where}: {what}.',
} as const;

export const REFUSALS = {
  ...STANDARDS,
  ...THINGS,
  ...DUTY,
  ...ACTS,
  ...ACCOUNTS,
  ...FIELDS,
} as const;
