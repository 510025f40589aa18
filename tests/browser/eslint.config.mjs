// What eslint holds the page's modules and their tests against.
const browser = ['AbortSignal', 'addEventListener', 'cancelAnimationFrame', 'clearTimeout', 'CSS', 'devicePixelRatio',
                 'document', 'Dygraph', 'fetch', 'getComputedStyle', 'history', 'innerWidth', 'IntersectionObserver',
                 'location', 'matchMedia', 'requestAnimationFrame', 'ResizeObserver', 'setTimeout', 'URLSearchParams'];
const node = ['console', 'devicePixelRatio', 'process', 'setTimeout', 'URL', 'URLSearchParams'];
const readable = names => Object.fromEntries(names.map(name => [name, 'readonly']));

const rules = {
  'constructor-super': 'error', 'eqeqeq': 'error', 'for-direction': 'error', 'no-const-assign': 'error',
  'no-dupe-class-members': 'error', 'no-dupe-else-if': 'error', 'no-dupe-keys': 'error', 'no-empty': 'error',
  'no-eval': 'error', 'no-fallthrough': 'error', 'no-implied-eval': 'error', 'no-import-assign': 'error',
  'no-new-func': 'error', 'no-param-reassign': 'error', 'no-redeclare': 'error', 'no-self-assign': 'error',
  'no-shadow': 'error', 'no-undef': 'error', 'no-unreachable': 'error', 'no-unsafe-finally': 'error',
  'no-unused-vars': ['error', {args: 'all', argsIgnorePattern: '^_'}],
  'no-use-before-define': ['error', {functions: false}],
  'no-var': 'error', 'prefer-const': 'error', 'quotes': ['error', 'single'], 'semi': 'error',
  'max-len': ['error', 120], 'max-lines': ['error', 400],
  'no-restricted-properties': ['error', {object: 'document', property: 'write'},
                             ...['innerHTML', 'outerHTML', 'insertAdjacentHTML'].map(
      property => ({property, message: 'Names are text, never markup.'}))],
};

const languageOptions = {ecmaVersion: 2022, sourceType: 'module'};

export default [
  {files: ['**/page/*.js'], languageOptions: {...languageOptions, globals: readable(browser)}, rules},
  {files: ['**/*.mjs'], languageOptions: {...languageOptions, globals: readable(node)}, rules},
];
