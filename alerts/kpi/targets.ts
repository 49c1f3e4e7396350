/** Targets of alarm management, each with its source and how far that was verified. */

import type { EemuaLevel, Kpi, KpiJudgement, KpiTarget } from '../../domain/alarm-kpis.ts';
import type { Citation } from '../../domain/limits.ts';

/** A document that quotes ANSI/ISA-18.2-2016, 16.4; at least 30 days of data, per operator's console. */
const isa: Citation = {
  standard: 'ANSI/ISA-18.2-2016',
  clause: '16.4',
  verification: 'copy',
};

export const KPI_TARGETS = {
  perTenMinutes: { unit: '1/(10 min)', met: 1, manageable: 2, citation: isa },
  perHour: { unit: '1/h', met: 6, manageable: 12, citation: isa },
  perDay: {
    unit: '1/d',
    met: 150,
    manageable: 300,
    citation: {
      standard: 'ANSI/ISA-18.2-2009',
      verification: 'memory',
      note: {
        zh: '144 至 150 见 engineernewsnetwork.com；300 凭记忆，未能核对；2016 版不再列此数',
        en: '144 to 150: engineernewsnetwork.com; 300 from memory; no longer a figure in 2016',
      },
    },
  },
  busyShare: { unit: '', met: 0.01, below: true, citation: isa },
  floodShare: {
    unit: '',
    met: 0.01,
    below: true,
    citation: {
      ...isa,
      verification: 'copies',
      note: {
        zh: '一份引用该标准的文件和 prosys.com',
        en: 'a document that quotes it; prosys.com',
      },
    },
  },
  topTenShare: { unit: '', met: 0.05, citation: isa },
  chattering: { unit: '', met: 0, citation: isa },
  chatterIndex: {
    unit: '1/s',
    met: 0.05,
    below: true,
    citation: {
      standard: 'Kondaveeti et al.',
      verification: 'copy',
      source: 'andreenko-repo/alarms_analyzer',
    },
  },
  fleeting: { unit: '', met: 0, citation: isa },
  stale: { unit: '', met: 5, below: true, citation: isa },
} as const satisfies Readonly<Record<Kpi, KpiTarget>>;

/** How annunciations should be shared among priorities: three levels, and a fourth, highest one below 1 %. About. */
export const PRIORITY_TARGETS = { low: 0.8, medium: 0.15, high: 0.05, critical: 0.01 } as const;
export const PRIORITY_CITATION: Citation = isa;

/** Days of data below which the figures say little. */
export const DAYS_MIN = 30;

/** A figure against its target; `undefined`: there is nothing to judge by. */
export function judgeKpi(kpi: Kpi, value: number | undefined): KpiJudgement {
  if (value === undefined || !Number.isFinite(value)) return 'cannot-tell';
  const target: KpiTarget = KPI_TARGETS[kpi];
  if (target.below ? value < target.met : value <= target.met) return 'met';
  return target.manageable !== undefined && value <= target.manageable ? 'manageable' : 'missed';
}

/** EEMUA 191 by the average per 10 minutes (one copy): below 1, 2, 5, or more. */
export function eemuaLevel(perTenMinutes: number): EemuaLevel {
  if (perTenMinutes < 1) return 'acceptable';
  if (perTenMinutes < 2) return 'manageable';
  return perTenMinutes < 5 ? 'requires-improvement' : 'overloaded';
}
