/** The arrows between folders: see the table in README.md. */
const only = (folder, allowed) => ({
  name: `${folder}-arrows`,
  severity: 'error',
  comment: `${folder}/ may import ${allowed.join(', ') || 'nothing of ours'} only.`,
  from: { path: `^${folder}/` },
  to: {
    path: '^(domain|gateway|alerts|server|dashboard|simulators|test)/',
    pathNot: `^(${[folder, ...allowed].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    only('domain', []),
    only('gateway', ['domain']),
    only('alerts', ['domain']),
    only('server', ['domain', 'gateway', 'alerts']),
    only('dashboard', ['domain']),
    only('simulators', ['domain']),
    {
      name: 'domain-needs-nothing',
      severity: 'error',
      comment: 'domain/ imports nothing but typebox.',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', '^node_modules/typebox/'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dashboard/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
