import { defineConfig } from "vitest/config";

// The tests that `npm run mutation` runs: those that take seconds and no program of the toolchain.
export default defineConfig({
  test: {
    include: [
      "test/unit/{config,config-errors,declaration*,pod-options,values-*}.test.ts",
      "test/policy/{cases,cross-guard,examine,exemptions,literal-secrets,pod-templates,reference,resource,rules,unseen}.test.ts",
    ],
  },
});
