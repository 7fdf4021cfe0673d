// Three costs, three projects: `pure` needs nothing, `int` one real dependency, `e2e` the whole product.
const base = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source-ts', 'node', 'node-addons', 'require', 'default'] },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', require('./test/jest/swc.cjs')],
    '[\\\\/]node_modules[\\\\/].+\\.m?js$': '<rootDir>/test/jest/esm-to-cjs.cjs',
  },
  transformIgnorePatterns: [],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.marquee/'],
  setupFilesAfterEnv: ['<rootDir>/test/jest/patience.cjs'],
};
const real = {
  globalSetup: '<rootDir>/test/jest/stack-up.ts',
  globalTeardown: '<rootDir>/test/jest/stack-down.ts',
};

module.exports = {
  projects: [
    { ...base, displayName: 'pure', testMatch: ['**/*.spec.ts'] },
    { ...base, ...real, displayName: 'int', testMatch: ['**/*.int-spec.ts'] },
    { ...base, ...real, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'] },
  ],
};
