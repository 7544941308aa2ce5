import { type ApiServer, KubernetesError, type KubernetesObject } from "./api-server";

interface Collection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** The kinds that a cluster serves, and where. */
export class Kinds {
  private constructor(
    private readonly resources: ReadonlyMap<string, Resource>,
    private readonly groups: ReadonlySet<string>,
  ) {}

  static async of(api: ApiServer): Promise<Kinds> {
    try {
      const found = await Promise.all(["/api", "/apis"].map((path) => api.get(path, asOneList)));
      if (found.some(({ kind }) => kind !== "APIGroupDiscoveryList")) throw await tooOld(api);
      return new Kinds(new Map(found.flatMap(resourcesOf)), new Set(found.flatMap(groupsOf)));
    } catch (error) {
      // Not acceptable: it has no answer of that form.
      throw error instanceof KubernetesError && error.status === 406 ? await tooOld(api) : error;
    }
  }

  /** Whether it has the API, as group and version. */
  serve(apiVersion: string): boolean {
    return [...this.resources.keys()].some((key) => key.startsWith(`${apiVersion} `));
  }

  /** Whether it has any version of a group, and who serves that answers. */
  serveGroup(name: string): boolean {
    return this.groups.has(name);
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
  return (groups.items as readonly DiscoveredGroup[]).flatMap(({ metadata: { name: group }, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, responseKind: { kind }, scope }): [string, Resource] => [
        `${group ? `${group}/` : ""}${version} ${kind}`,
        { name: resource, isNamespaced: scope === "Namespaced" },
      ]),
    ),
  );
}

/** Those that answer: what is asked elsewhere, as metrics are, is stale where nobody does. */
function groupsOf(groups: KubernetesObject): string[] {
  return (groups.items as readonly DiscoveredGroup[]).flatMap(({ metadata: { name = "" }, versions }) =>
    versions.some(({ freshness }) => freshness !== "Stale") ? name : [],
  );
}

/** A cluster of a version that Muster cannot run on. */
export class TooOld extends Error {}

async function tooOld(api: ApiServer): Promise<TooOld> {
  const { gitVersion } = (await api.get("/version")) as { gitVersion?: string };
  return new TooOld(
    `The API server is Kubernetes ${gitVersion}, and Muster needs 1.30 or newer: containers that go on answering while they stop (preStop.sleep) and admission policies (ValidatingAdmissionPolicy) are there from that version on.`,
  );
}

interface DiscoveredGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly freshness?: "Current" | "Stale";
    readonly resources?: readonly {
      readonly resource: string;
      readonly responseKind: { readonly kind: string };
      readonly scope: string;
    }[];
  }[];
}
