/** Where each figure of preservation comes from, for screens and reports: standard or paper, and how far verified. */

import type { Citation } from '../limits.ts';

export const PRESERVATION_SOURCES = {
  dewPoint: {
    standard: 'Alduchov & Eskridge 1996',
    verification: 'copy',
    source: 'constants: ConSciR R/calcDP.R; checked here against Wagner-Pruss 2002',
  },
  frostPoint: {
    standard: 'Buck 1996 (CR-1A)',
    verification: 'copy',
    source: 'ConSciR R/calcPws.R; checked here against ASHRAE 2017, table 3',
  },
  absoluteHumidity: {
    standard: 'ideal gas, R_v = 461.5 J/(kg K)',
    verification: 'copy',
    source: 'ConSciR R/calcAH.R; checked here against Wagner-Pruss 2002',
  },
  mixingRatio: {
    standard: 'ASHRAE Fundamentals 2017',
    verification: 'copy',
    source: 'psychrolib',
  },
  preservationIndexPublished: {
    standard: 'Padfield 2004',
    verification: 'copies',
    source: 'two or more independent copies, all /365',
  },
  preservationIndexCorrected: {
    standard: 'Padfield 2004',
    verification: 'proposal',
    source: 'with our own term in RH, fitted to values of dpcalc.org',
  },
  preservationIndexRating: {
    standard: 'IPI dpcalc.org',
    verification: 'copies',
    source: 'petter-b/preservationeval, Pygmalion69/Ersa',
  },
  twpi: {
    standard: 'Reilly 1995',
    verification: 'memory',
    source:
      'reciprocal weighting and smoothing: Ersa preservation_metrics.md; the expression from memory',
  },
  moistureContent: {
    standard: 'Simpson 1998, FPL-RN-0268',
    verification: 'copy',
    source: 'ConSciR R/calcEMC_wood.R; gives all values of dpcalc.org to 0.1 %',
  },
  moistureContentRating: {
    standard: 'IPI',
    verification: 'copies',
    source: 'preservationeval eval_functions.py, Ersa Metrics.java; they differ at exactly 10.5 %',
  },
  mouldRisk: {
    standard: 'IPI mould risk factor',
    verification: 'copy',
    source: 'Ersa preservation_metrics.md: definition and ratings',
  },
  mouldDays: {
    standard: '本馆自定',
    verification: 'proposal',
    source: 'our own fit to facts about dpcalc.org: mean error 2.3 %, at most 17 %',
  },
  mouldIndex: {
    standard: 'Hukka & Viitanen 1999 (VTT)',
    verification: 'copy',
    source: 'anssilaukkarinen/trh-1 mi.py; decline factors below 1 from memory',
  },
  lifetime: {
    standard: 'Michalski 2002',
    verification: 'copy',
    source: 'documentation of ConSciR R/calcLM.R; its code is wrong and was not used',
  },
  lifetimeMean: {
    standard: 'Michalski 2002',
    verification: 'memory',
    source: '1/mean(1/LM)',
  },
} as const satisfies Readonly<Record<string, Citation>>;

export type PreservationFigure = keyof typeof PRESERVATION_SOURCES;
