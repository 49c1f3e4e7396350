/** 全部中文文字。英文见 en.ts，两者条目相同。 */

import { admin } from './zh-CN/admin.ts';
import { alarms } from './zh-CN/alarms.ts';
import { assessments } from './zh-CN/assessments.ts';
import { backtest } from './zh-CN/backtest.ts';
import { common } from './zh-CN/common.ts';
import { credentials } from './zh-CN/credentials.ts';
import { devices } from './zh-CN/devices.ts';
import { journal } from './zh-CN/journal.ts';
import { metrics } from './zh-CN/metrics.ts';
import { performance } from './zh-CN/performance.ts';
import { preservation } from './zh-CN/preservation.ts';
import { rooms } from './zh-CN/rooms.ts';
import { sentences } from './zh-CN/sentences.ts';
import { standards } from './zh-CN/standards.ts';
import { trial } from './zh-CN/trial.ts';
import { why } from './zh-CN/why.ts';

export default {
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
