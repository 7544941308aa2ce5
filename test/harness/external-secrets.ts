import { inject } from "vitest";
import { Cluster } from "../../tools/cluster";
import { ExternalSecretsOperator } from "../../tools/external-secrets";
import { testParts } from "../../tools/local";
import { toolchain } from "../../tools/toolchain";

/** The External Secrets Operator for the test cluster, neither installed nor started. */
export async function externalSecretsOperator(): Promise<ExternalSecretsOperator> {
  const programs = await toolchain(testParts);
  return new ExternalSecretsOperator(new Cluster(inject("clusterDirectory"), programs), programs);
}
