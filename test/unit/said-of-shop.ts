import type { Finding } from "../../components/check/finding";
import type { SystemDeclaration } from "../../components/declaration";
import { DeclarationError, systemGraph } from "../../components/system-graph";
import { mailer, redis, shop, untyped, web } from "./small-system";

/** What is found in the shop with something in it changed. */
export function found(change: Partial<SystemDeclaration>): readonly Finding[] {
  try {
    systemGraph({ ...shop, ...change });
    return [];
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.findings;
  }
}

/** The same: path and sentence of each finding. */
export function said(change: Partial<SystemDeclaration>): string[] {
  return found(change).map(({ path, message }) => `${path}: ${message}`);
}

/** The shop with another API. */
export function withApi(declared: Parameters<typeof untyped>[0]): Partial<SystemDeclaration> {
  const changed = untyped(declared);
  return { workloads: [{ ...web, uses: [changed] }, changed, mailer, redis] };
}
