/** One thing of the toolchain, taken whole: from PATH, from its makers' site, or built. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** The programs it consists of, as they are called. */
  readonly programs: readonly string[];
  /** The command by which an installed one says its version. Absent: it is a plugin of Pulumi's, in a folder named by it. */
  readonly versionCommand?: readonly [program: string, ...args: string[]];
  readonly builds: readonly Build[];
  /** Where its makers publish it for this platform. Absent where they do not. */
  readonly downloads?: readonly Download[];
}

/** One `go build` in a module of tools/toolchain/. */
export interface Build {
  readonly module: string;
  readonly packages: readonly string[];
  readonly ldflags?: string;
  /** The file that comes out. Default: as Go names it, after the package. */
  readonly output?: string;
  /** Further names of that file: it runs as what it is called. */
  readonly links?: readonly string[];
  /** Lines of a module's source that are left out, and with them everything that only they need. */
  readonly without?: {
    readonly module: string;
    readonly file: string | readonly string[];
    /** A regular expression. */
    readonly linesMatching: string;
  };
  /** A folder of that module that is kept beside the programs, by this name. */
  readonly folder?: { readonly from: string; readonly name: string };
  /** What it took on two cores with nothing built before, for the first estimate of the time left. */
  readonly seconds: number;
}

export interface Download {
  readonly url: string;
  /** The address of its SHA-256, or the GitHub release whose assets list it. */
  readonly sha256: { readonly url: string } | { readonly repository: string; readonly tag: string };
  /** The files wanted of an archive, as `path in it` → program. Absent: the file is the program of that name. */
  readonly files: Readonly<Record<string, string>> | { readonly program: string };
}

const system = process.platform;
const machine = process.arch === "x64" ? "amd64" : process.arch;

const kubernetes = "1.37.2";
const [kubernetesMajor, kubernetesMinor] = kubernetes.split(".");
const etcd = "3.7.3";
const kwokVersion = "0.8.0";
export const kubernetesVersion = `v${kubernetes}`;

const pulumi: Part = {
  name: "pulumi",
  version: "3.250.0",
  programs: ["pulumi", "pulumi-language-nodejs"],
  versionCommand: ["pulumi", "version"],
  builds: [
    {
      module: "pulumi",
      packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
      ldflags: "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0",
      seconds: 188,
    },
    {
      module: "language-nodejs",
      packages: ["github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3"],
      seconds: 28,
    },
  ],
  downloads: [
    {
      ...asset("pulumi/pulumi", "v3.250.0", `pulumi-v3.250.0-${system}-${process.arch}.tar.gz`),
      files: { "pulumi/pulumi": "pulumi", "pulumi/pulumi-language-nodejs": "pulumi-language-nodejs" },
    },
  ],
};

const cluster: Part = {
  name: "kubernetes",
  version: kubernetes,
  programs: ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"],
  versionCommand: ["kube-apiserver", "--version"],
  builds: [
    {
      module: "cluster",
      packages: ["."],
      output: "hyperkube",
      ldflags: [
        `-X k8s.io/component-base/version.gitVersion=v${kubernetes}`,
        `-X k8s.io/component-base/version.gitMajor=${kubernetesMajor}`,
        `-X k8s.io/component-base/version.gitMinor=${kubernetesMinor}`,
      ].join(" "),
      links: ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"],
      seconds: 225,
    },
  ],
  // The control plane is published for Linux alone.
  ...(system === "linux" && {
    downloads: [
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"].map((program) => {
        const url = `https://dl.k8s.io/release/v${kubernetes}/bin/linux/${machine}/${program}`;
        return { url, sha256: { url: `${url}.sha256` }, files: { program } };
      }),
      {
        ...asset("etcd-io/etcd", `v${etcd}`, `etcd-v${etcd}-linux-${machine}.tar.gz`),
        files: { [`etcd-v${etcd}-linux-${machine}/etcd`]: "etcd" },
      },
    ],
  }),
};

const kwok: Part = {
  name: "kwok",
  version: kwokVersion,
  programs: ["kwok", "kwokctl"],
  versionCommand: ["kwokctl", "--version"],
  builds: [
    {
      module: "kwok",
      packages: ["sigs.k8s.io/kwok/cmd/kwok", "sigs.k8s.io/kwok/cmd/kwokctl"],
      seconds: 67,
    },
  ],
  downloads: ["kwok", "kwokctl"].map((program) => ({
    ...asset("kubernetes-sigs/kwok", `v${kwokVersion}`, `${program}-${system}-${machine}`),
    files: { program },
  })),
};

// Published as a container image alone.
const externalSecrets: Part = {
  name: "external-secrets",
  version: "0.20.4",
  programs: ["external-secrets", "external-secrets-crds"],
  builds: [
    {
      module: "external-secrets",
      packages: ["."],
      // Of its forty providers, those of the stores that Muster knows: a third of the build less.
      without: {
        module: "github.com/external-secrets/external-secrets",
        file: "pkg/provider/register/register.go",
        linesMatching: '/pkg/provider/(?!kubernetes"|onepassword")',
      },
      folder: { from: "config/crds/bases", name: "external-secrets-crds" },
      seconds: 120,
    },
  ],
};

// Published as a container image alone.
const kueue: Part = {
  name: "kueue",
  version: "0.17.0",
  programs: ["kueue", "kueue-components"],
  builds: [
    {
      module: "kueue",
      packages: ["sigs.k8s.io/kueue/cmd/kueue"],
      // Of the kinds of work that it knows, Jobs: the others' clients do not compile with this version of Kubernetes.
      without: {
        module: "sigs.k8s.io/kueue",
        file: ["pkg/controller/jobs/jobs.go", "pkg/controller/jobframework/validation.go"],
        linesMatching: '/controller/jobs/(?!job"|pod")|kftrainer',
      },
      folder: { from: "config/components", name: "kueue-components" },
      seconds: 60,
    },
  ],
};

// For the tests of autoscaling alone.
const metricsServer: Part = {
  name: "metrics-server",
  version: "0.9.0",
  programs: ["metrics-server"],
  builds: [
    {
      module: "metrics-server",
      packages: ["sigs.k8s.io/metrics-server/cmd/metrics-server"],
      seconds: 80,
    },
  ],
};

/** Every part there is, in the order in which they are built. */
export const parts = {
  pulumi,
  cluster,
  kwok,
  "provider-kubernetes": provider("kubernetes", "4.25.0", {
    ldflags: "-X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=4.25.0",
    // The component resources (charts, YAML files, kustomizations), which Muster has no use for: with them come 64
    // generated packages of the Go SDK, more than half of the build.
    without: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      file: "pkg/provider/provider_construct.go",
      linesMatching: "provideryamlv2|providerhelmv4|providerkustomizev2",
    },
    seconds: 150,
  }),
  "provider-random": provider("random", "4.21.1", { seconds: 98 }),
  "provider-onepassword": provider("onepassword", "1.1.3", { seconds: 60 }),
  "external-secrets": externalSecrets,
  kueue,
  "metrics-server": metricsServer,
  helm: tool("helm", "4.3.1", "helm.sh/helm/v4/cmd/helm", ["version", "--template={{.Version}}"], 60),
  actionlint: tool("actionlint", "1.7.7", "github.com/rhysd/actionlint/cmd/actionlint", ["-version"], 10),
} satisfies Record<string, Part>;

export type PartName = keyof typeof parts;

function provider(
  name: string,
  version: string,
  build: Pick<Build, "ldflags" | "without" | "seconds">,
): Part {
  const program = `pulumi-resource-${name}`;
  const repository = name === "onepassword" ? "1Password/pulumi-onepassword" : `pulumi/pulumi-${name}`;
  return {
    name: program,
    version,
    programs: [program],
    builds: [{ module: `provider-${name}`, packages: ["."], output: program, ...build }],
    downloads: [
      {
        ...asset(repository, `v${version}`, `${program}-v${version}-${system}-${machine}.tar.gz`),
        files: { [program]: program },
      },
    ],
  };
}

function tool(name: string, version: string, path: string, args: readonly string[], seconds: number): Part {
  return {
    name,
    version,
    programs: [name],
    versionCommand: [name, ...args],
    builds: [{ module: name, packages: [path], seconds }],
  };
}

function asset(repository: string, tag: string, file: string): Pick<Download, "url" | "sha256"> {
  return {
    url: `https://github.com/${repository}/releases/download/${tag}/${file}`,
    sha256: { repository, tag },
  };
}
