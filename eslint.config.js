import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';
import vueParser from 'vue-eslint-parser';

// The pure folders get no clock, no chance and no process: time is handed in.
const impure = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'performance',
  'window',
  'document',
].map((name) => ({ name, message: 'This folder is pure: what it needs is handed in.' }));
const noRandom = [
  { object: 'Math', property: 'random', message: 'This folder is pure: chance is handed in.' },
];

export default tseslint.config(
  { ignores: ['node_modules', 'dashboard/dist', 'data', 'test/output', '**/*.mjs'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
    },
  },
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-params': ['error', 3],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['domain/**/*.ts', 'alerts/**/*.ts'],
    ignores: ['alerts/notifiers/**', 'alerts/knowledge/**'],
    rules: {
      'no-restricted-globals': ['error', ...impure],
      'no-restricted-properties': ['error', ...noRandom],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: [
      'test/bench/**',
      'test/faults/**',
      'test/run.ts',
      'simulators/main.ts',
      'server/start.ts',
      'server/cli/**',
      'scripts/**',
      'test/fuzz/run.ts',
      'test/scored-year/run.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
