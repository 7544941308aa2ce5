/** Forms of which their issuers say what they are, so that a text of that form is hardly anything else. */
const shapes: readonly (readonly [what: string, shape: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ["an access key of AWS", /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/],
  ["a token of GitLab", /\bgl(?:pat|dt|rt|cbt|ptt|ft|agent)-[A-Za-z0-9_-]{20,}/],
  ["a token of Slack", /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{20,}/],
  ["a webhook of Slack", /hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/],
  ["a key of Google", /\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{28}\b/],
  ["a key of OpenAI", /\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,}/],
  ["a key of Anthropic", /\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{24,}/],
  ["a key of Stripe", /\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,}/],
  ["a key of SendGrid", /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/],
  ["a key of Twilio", /\bSK[0-9a-f]{32}\b/],
  ["a token of npm", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a token of PyPI", /\bpypi-AgEI[A-Za-z0-9_-]{50,}/],
  ["a token of Docker", /\bdckr_pat_[A-Za-z0-9_-]{27}/],
  ["a token of DigitalOcean", /\bdo[opr]_v1_[0-9a-f]{64}\b/],
  ["a token of HashiCorp Vault", /\bhv[sbr]\.[A-Za-z0-9_-]{24,}/],
  ["a token of 1Password", /\bops_eyJ[A-Za-z0-9_-]{200,}/],
  ["a token of Telegram", /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/],
  ["a key of Azure Storage", /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}/],
  ["a JSON Web Token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
];

/** The password of a URL, unless it is one of a variable or a placeholder. */
const urlPassword = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/?#'"]*:(?<password>[^\s@/?#'"]+)@/gi;

/** Why a text holds a secret; undefined where it does not look as if it did. */
export function secretIn(text: string | undefined): string | undefined {
  if (text === undefined || text.length < 8) return undefined;
  const shape = shapes.find(([, each]) => each.test(text));
  if (shape) return `it looks like ${shape[0]}`;
  for (const { groups } of text.matchAll(urlPassword)) {
    if (!isPlaceholder(groups!.password!)) return "it looks like the password of a URL";
  }
  return words(text).some(isRandom) ? "it looks like random characters" : undefined;
}

/** Names that say that their value is a secret, and not where one is or how long it lasts. */
const secretNames =
  /(?:^|[_.\-/]|[a-z](?=[A-Z]))(?:passwd|password|passphrase|pwd|secret|token|api[_.-]?key|apikey|access[_.-]?key|secret[_.-]?key|private[_.-]?key|credentials?|authorization)$/i;

/** Whether a name makes a secret of a value that could be anything by itself. */
export function secretNamed(name: string, value: string | undefined): boolean {
  if (value === undefined || !secretNames.test(name)) return false;
  const text = value.trim().replace(/^(Basic|Bearer|Token) /i, "");
  // A number of tokens, a switch, a file, an address: names say less than they seem to.
  if (text === "" || /^(true|false|yes|no|none|null|\d+[a-z]?)$/i.test(text)) return false;
  if (/[\s]/.test(text) || /^\.{0,2}\/|^[a-z+]+:\/\//i.test(text)) return false;
  return !isPlaceholder(text);
}

/** What will be something else: a variable, a template, or a word that says so. */
function isPlaceholder(text: string): boolean {
  return (
    /\$\(|\$\{|^\$\w+$|\{\{|^<.*>$|^\[.*\]$|^%\w+%$|^\{.*\}$/.test(text) ||
    /^(x+|\*+|\.+|-+)$/i.test(text) ||
    /(change|replace|insert|fill)[-_ ]?(me|this|it)|^your[-_ ]|^(example|placeholder|redacted|todo|dummy)\b/i.test(
      text,
    )
  );
}

/** What could be a secret within a text: runs of the letters that keys are written in. */
function words(text: string): string[] {
  return text.replace(publicPem, "").match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? [];
}

/** Certificates and public keys, which are random and no secret. */
const publicPem = /-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|PUBLIC KEY)-----[\s\S]*?-----END /g;

/** Whether a word has letters of both cases and digits in such a mixture as no words and no names have. */
function isRandom(word: string): boolean {
  if (word.length > 512 || !/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return false;
  if (/^[0-9a-f]+$/i.test(word)) return false;
  return entropy(word) >= 4.3 && classChanges(word) >= word.length / 3;
}

/** Shannon's entropy, in bits for a letter. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

/** How often a small letter, a capital and a digit take turns: in words, seldom. */
function classChanges(text: string): number {
  const classes = [...text].map((letter) =>
    /[a-z]/.test(letter) ? "a" : /[A-Z]/.test(letter) ? "A" : /\d/.test(letter) ? "0" : "-",
  );
  return classes.slice(1).filter((each, index) => each !== classes[index]).length;
}
