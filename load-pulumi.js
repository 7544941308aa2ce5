// The heavy dependencies of the program, loaded plainly.
require("./lean-pulumi");
for (const dependency of ["@pulumi/kubernetes", "@pulumi/random", "zod", "yaml"]) require(dependency);
