/** All English texts. A text that Chinese has and English lacks does not compile. */

import type { Texts } from './texts.ts';
import { admin } from './en/admin.ts';
import { alarms } from './en/alarms.ts';
import { assessments } from './en/assessments.ts';
import { backtest } from './en/backtest.ts';
import { common } from './en/common.ts';
import { credentials } from './en/credentials.ts';
import { devices } from './en/devices.ts';
import { journal } from './en/journal.ts';
import { metrics } from './en/metrics.ts';
import { performance } from './en/performance.ts';
import { preservation } from './en/preservation.ts';
import { rooms } from './en/rooms.ts';
import { sentences } from './en/sentences.ts';
import { standards } from './en/standards.ts';
import { trial } from './en/trial.ts';
import { why } from './en/why.ts';

const en: Texts = {
  ...common,
  ...metrics,
  ...rooms,
  ...preservation,
  ...standards,
  ...alarms,
  ...assessments,
  ...admin,
  ...devices,
  ...credentials,
  ...journal,
  ...performance,
  ...sentences,
  ...trial,
  ...backtest,
  ...why,
};
export default en;
