/** Assessments and the journal. The official result words stay Chinese, with a translation. */
export const assessments = {
  result: {
    'high-danger': '高危性 High-danger hazard',
    danger: '危险性 Dangerous hazard',
    'none-found': '未发现 No hazard found',
    'cannot-show': '不能证明 Cannot show',
  },
  indicatorParent: {
    p1: 'Building safety',
    p2: 'Safety of the records',
    p3: 'Information safety',
    p4: 'Safety organisation',
  },
  indicatorKind: {
    computed: 'from data',
    manual: 'entered by an inspector',
    mixed: 'data and inspector',
  },
  assessmentTrigger: {
    nightly: 'nightly',
    'on-demand': 'on demand',
    'made-up-late': 'made up late',
  },
  assessments: {
    basis:
      'By the 4 first-level and 15 second-level indicators of 2018-12-14; there are no national weights',
    makeNow: 'Assess now',
    enter: 'Enter an indicator…',
    enterHint:
      'What is entered counts in later assessments; those that were made stay as they are.',
    indicator: 'Indicator',
    note: 'Note (required)',
    latest: 'Latest: {at}',
    of: 'Assessment of {at}',
    result: 'Result (the worst of all)',
    period: 'Data from {from} until {until}',
    hash: 'Hash',
    figures: 'Evidence: {count} figure | Evidence: {count} figures',
    entered: 'entered by {by}',
    wholeRepository: 'whole repository',
    history: 'All assessments',
    toAll: 'All assessments',
    none: 'No assessment yet',
    noneHint: 'One is made each night; you can make one now.',
  },
  journal: {
    says: 'Who did what, when; append only, each line chained to the last',
    verify: 'Verify the chain',
    verifying: 'Verifying…',
    whole: 'The chain is whole; nothing was changed',
    broken: 'The chain is broken: a line was changed or is missing. Report it now',
    until: 'Until',
    filter: 'Filter',
    none: 'No entries.',
  },
};
