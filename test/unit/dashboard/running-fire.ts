/** A fire that has run for 41 seconds, with steps in every state. */

import type { Incident, Plan } from '../../../domain/incident.ts';
import type { Citation } from '../../../domain/limits.ts';
import type { Moment } from '../../../domain/time.ts';

const REPOSITORY = 'sample';
const HOUR = 3_600_000;
const MINUTE = 60_000;
const fireSource: Citation = {
  standard: 'GB 50116-2013',
  clause: '4.1.6',
  verification: 'copy',
};

const PLAN: Plan = {
  id: 'fire',
  version: 1,
  name: { zh: '库房火灾', en: 'Fire in a stack room' },
  level: 2,
  citation: { standard: 'DA/T 84-2019', verification: 'copy' },
  escalation: [{ afterMs: 0, role: 'duty', who: 'first' }],
  steps: [
    {
      id: 'confirm',
      text: { zh: '核对火警：两个独立探测器', en: 'Check the fire: two independent detectors' },
      role: 'duty',
      afterMs: 0,
      automatic: true,
      citation: fireSource,
    },
    {
      id: 'call',
      text: {
        zh: '拨打 119，报告单位、地址、库房、有无人员',
        en: 'Call 119: who, where, which room, people inside',
      },
      detail: {
        zh: '说清楚库房编号和楼层，派人到路口引导。',
        en: 'Give room and floor; send someone to the gate.',
      },
      role: 'duty',
      afterMs: 0,
      withinMs: 2 * MINUTE,
    },
    {
      id: 'evacuate',
      text: { zh: '确认人员撤离，门禁已释放', en: 'Everybody is out, doors are released' },
      role: 'security',
      afterMs: 0,
      withinMs: 30_000,
    },
    {
      id: 'vents',
      text: { zh: '确认通风关闭、防火阀动作', en: 'Ventilation off, fire dampers closed' },
      role: 'security',
      afterMs: 3 * MINUTE,
    },
    {
      id: 'report',
      text: { zh: '向档案主管部门初报', en: 'First report to the archives administration' },
      role: 'director',
      afterMs: 30 * MINUTE,
      withinMs: HOUR,
    },
  ],
};

/** Opened 41 seconds before `now`. */
export function runningFire(now: Moment): Incident {
  const opened = now - 41_000;
  return {
    id: `${REPOSITORY}.i1`,
    repository: REPOSITORY,
    room: 'r301',
    plan: PLAN,
    level: 2,
    title: { zh: '301 纸质档案库 库房火灾', en: 'Fire: 301 纸质档案库' },
    openedAt: opened,
    openedBy: 'system',
    alarms: [`${REPOSITORY}.a1`],
    steps: [
      { id: 'confirm', outcome: 'done', by: 'system', at: opened },
      { id: 'call', toldAt: opened },
    ],
    rungsTold: 1,
    tellings: [
      { at: opened, person: '值班员甲', why: 'opened', outboxKeys: ['k1'] },
      { at: opened + 1_000, person: '保卫甲', why: 'step', step: 'evacuate', outboxKeys: ['k2'] },
    ],
    levels: [{ level: 2, by: 'system', at: opened, reason: '预案规定' }],
    simulated: true,
    revision: 1,
  };
}
