import type { ApiServer, KubernetesObject } from "./api-server";

interface Collection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** The kinds that a cluster serves, and where. */
export class Kinds {
  private constructor(private readonly resources: ReadonlyMap<string, Resource>) {}

  static async of(api: ApiServer): Promise<Kinds> {
    const found = await Promise.all(["/api", "/apis"].map((path) => api.get(path, asOneList)));
    return new Kinds(new Map(found.flatMap(resourcesOf)));
  }

  /** Whether it has the API, as group and version. */
  serve(apiVersion: string): boolean {
    return [...this.resources.keys()].some((key) => key.startsWith(`${apiVersion} `));
  }

  /** Path of a collection; undefined where the cluster does not have the kind. */
  collection({ apiVersion, kind, namespace }: Collection): string | undefined {
    const resource = this.resources.get(`${apiVersion} ${kind}`);
    if (!resource) return undefined;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = resource.isNamespaced && namespace ? `/namespaces/${namespace}` : "";
    return `${root}${place}/${resource.name}`;
  }
}

/** Path of an object; undefined where the cluster does not have its kind. */
export function pathOf(kinds: Kinds, { apiVersion, kind, metadata }: KubernetesObject): string | undefined {
  const collection = kinds.collection({ apiVersion, kind, namespace: metadata.namespace });
  return collection && `${collection}/${metadata.name}`;
}

interface Resource {
  readonly name: string;
  readonly isNamespaced: boolean;
}

// Since Kubernetes 1.30 all of what an API server has comes in two answers; before it was one for each API.
const asOneList = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function resourcesOf(groups: KubernetesObject): [string, Resource][] {
  if (groups.kind !== "APIGroupDiscoveryList")
    throw new Error("The API server is older than Kubernetes 1.30, which Muster needs at least.");
  return (groups.items as readonly DiscoveredGroup[]).flatMap(({ metadata: { name: group }, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, responseKind: { kind }, scope }): [string, Resource] => [
        `${group ? `${group}/` : ""}${version} ${kind}`,
        { name: resource, isNamespaced: scope === "Namespaced" },
      ]),
    ),
  );
}

interface DiscoveredGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources?: readonly {
      readonly resource: string;
      readonly responseKind: { readonly kind: string };
      readonly scope: string;
    }[];
  }[];
}
