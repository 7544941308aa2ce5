// The heavy dependencies of the program, loaded plainly, without their parts that Muster never asks for.
const { whenAsked } = require("./lean-pulumi");

for (const part of [
  "@pulumi/kubernetes/helm",
  "@pulumi/kubernetes/kustomize",
  "@pulumi/kubernetes/yaml",
  "zod/v4/locales",
])
  whenAsked(require.resolve(part));
for (const dependency of ["@pulumi/kubernetes", "@pulumi/random", "zod", "yaml"]) require(dependency);
