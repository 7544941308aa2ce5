/** A Redis as a client takes it from what it is told. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly password?: string;
  readonly database: number;
  readonly tls: boolean;
}

/** StackExchange.Redis: endpoints and options, separated by commas (https://stackexchange.github.io/StackExchange.Redis/Configuration). */
export function stackExchangeRedis(configuration: string): RedisAddress {
  const parts = configuration.split(",").map((part) => part.trim());
  const [endpoint] = parts.filter((part) => !part.includes("="));
  const options = new Map(
    parts
      .filter((part) => part.includes("="))
      .map((part) => [part.slice(0, part.indexOf("=")).toLowerCase(), part.slice(part.indexOf("=") + 1)]),
  );
  const colon = endpoint!.lastIndexOf(":");
  const tls = options.get("ssl") === "true";
  return {
    // Of a URL, everything before the port is the name of a host.
    host: colon < 0 ? endpoint! : endpoint!.slice(0, colon),
    port: colon < 0 ? (tls ? 6380 : 6379) : Number(endpoint!.slice(colon + 1)),
    password: options.get("password"),
    database: Number(options.get("defaultdatabase") ?? 0),
    tls,
  };
}

/** redis-py's `from_url` and node-redis' `url`: a URL, its password percent-encoded (https://www.iana.org/assignments/uri-schemes/prov/redis). */
export function redisUrl(text: string): RedisAddress {
  const url = new URL(text);
  if (!["redis:", "rediss:"].includes(url.protocol)) throw new Error(`not a URL of Redis: ${url.protocol}`);
  return {
    host: url.hostname,
    port: Number(url.port || 6379),
    password: url.password ? decodeURIComponent(url.password) : undefined,
    database: Number(url.pathname.slice(1) || 0),
    tls: url.protocol === "rediss:",
  };
}

/** Celery: the same, which over TLS has to say how it looks at certificates (https://docs.celeryq.dev/en/stable/userguide/configuration.html#redis-backend-settings). */
export function celeryUrl(text: string): RedisAddress {
  const address = redisUrl(text);
  const checks = new URL(text).searchParams.get("ssl_cert_reqs");
  if (address.tls && !/^(CERT_REQUIRED|CERT_OPTIONAL|CERT_NONE)$/.test(checks ?? ""))
    throw new Error("a rediss:// URL must have the parameter ssl_cert_reqs");
  return address;
}

/** go-redis' `Options.Addr`, beside a password of its own: `host:port` (https://pkg.go.dev/github.com/redis/go-redis/v9#Options). */
export function goRedis(address: string, password: string | undefined, database = "0"): RedisAddress {
  const [host, port, ...rest] = address.split(":");
  if (!host || !port || rest.length > 0) throw new Error(`address ${address}: too many colons in address`);
  return { host, port: Number(port), password, database: Number(database), tls: false };
}

/** psycopg and its kin: a URL of PostgreSQL (https://www.postgresql.org/docs/current/libpq-connect.html). */
export function postgresqlUrl(text: string) {
  const url = new URL(text);
  if (!["postgresql:", "postgres:"].includes(url.protocol)) throw new Error(`not a URL of PostgreSQL`);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  };
}

/** Python's `urlparse`, as the settings of thebot take a URL of PostgreSQL apart: nothing of it is decoded. */
export function undecodedUrl(text: string) {
  const [, user, password, host, port = "5432", database] =
    /^postgres(?:ql)?:\/\/([^:]*):(.*)@([^:/@]+)(?::(\d+))?\/(\w+)$/.exec(text) ?? [];
  return { host, port: Number(port), user, password, database };
}
