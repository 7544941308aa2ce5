// `npm run mutation`: makes one small change after the other to logic that is to be held by tests without a cluster, and
// tells which of them no test notices. A folder takes it half an hour, so CI leaves it out. A part of it:
// npm run mutation -- --mutate 'components/check/*.ts'

export default {
  mutate: ["policies/**/*.ts", "config/values/*.ts", "components/check/*.ts"],
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutation.mts" },
  // Each change is tried by those tests alone that run through it.
  coverageAnalysis: "perTest",
  // None: with one, Stryker asks for a TypeScript of its own to rewrite it.
  tsconfigFile: "none",
  disableTypeChecks: false,
  concurrency: 1,
  reporters: ["clear-text"],
  clearTextReporter: { logTests: false, reportTests: false, skipFull: true },
  thresholds: { high: 95, low: 90, break: 90 },
};
