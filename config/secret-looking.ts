/** How the makers of well-known services write the keys and tokens that they give out. */
const TOKENS = [
  /\b(?:sk|pk|rk)[-_](?:[a-z]+[-_]){0,3}[A-Za-z0-9]{6}/, // OpenAI, Anthropic, Stripe
  /\bxox[a-z]-|\bxapp-/, // Slack
  /\bgh[a-z]_[A-Za-z0-9]|\bgithub_pat_/, // GitHub
  /\bgl[a-z]{2,5}-[\w-]{10}/, // GitLab
  /\b(?:AKIA|ASIA)[A-Z0-9]{12}/, // AWS
  /\bAIza[\w-]{20}|\bya29\.|\bGOCSPX-/, // Google
  /\beyJ[\w-]{8}/, // JSON Web Tokens, Supabase, 1Password Connect
  /\bops_[A-Za-z0-9]{10}/, // 1Password's service accounts
  /\b(?:hv[sb]|s)\.[A-Za-z0-9]{20}/, // Vault
  /\b(?:npm|pypi|dop|doo|shp[a-z]{2}|whsec|lin_api|pul|tvly|gsk|re|hf|fly|nvapi|SG)[-_.][\w.-]{16}/,
  /\bATATT[\w-]{10}/, // Atlassian
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,99}:[^\s/@]{1,999}@/i, // the password in a URL
];

/** What follows such a word is what it names. */
const NAMED =
  /(?<=(?<!one)(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|credentials?)["']?\s*[=:]\s*["']?|\b(?:bearer|basic) +)[^\s"',;]+/gi;

/** Whether a text holds something by which a token or a password is known, whoever made it. */
function holdsToken(text: string): boolean {
  return TOKENS.some((token) => token.test(text));
}

/** A key by which people call a secret, in their own words: those of Muster's settings name objects that hold some. */
const SECRET_NAME =
  /passw(or)?d|passphrase|(^|[-_])(secret|token|pwd|dsn|credentials?)([-_]|$)|api[-_]?key|private[-_]?key/i;

export function namesSecret(key: string): boolean {
  return SECRET_NAME.test(key) && key !== "secret";
}

/**
 * Whether a text may be a secret: it holds a token of a known form, or a long word that is no name. Taken for one
 * rather too often: a message can do without a value.
 */
export function looksSecret(text: string): boolean {
  if (holdsToken(text) || text.search(NAMED) >= 0) return true;
  const words = text.replace(DIGEST, "").match(/[A-Za-z0-9+/_=~-]{16,}/g) ?? [];
  if (words.some((word) => isOpaque(word) || word.split(/[+/_=~-]/).some(isOpaque))) return true;
  return (text.match(/[^\s"'`{}[\],:;<>|]{20,}/g) ?? []).some(isScrambled);
}

/** As generators of passwords write: of signs, too. */
function isScrambled(word: string): boolean {
  const bits = word.match(/[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]/g) ?? [];
  return (word.match(/[!@#$%^&*()=+~?]/g) ?? []).length > 2 && word.length / bits.length < 2.2;
}

/** Of an image, which whoever may pull it can know. */
const DIGEST = /sha256:[0-9a-f]{64}/g;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a machine drew it at random: names consist of words, such text of bits of one or two characters. */
function isOpaque(word: string): boolean {
  if (word.length < 16) return false;
  if (UUID.test(word) || /^(?:[0-9]+|[0-9a-f]{32,})$/i.test(word)) return true;
  // Names of Kubernetes objects may end in such bits, and have no capitals; those of variables have nothing else.
  if (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(word) || /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(word)) return false;
  if (/[bcdfghjklmnpqrstvwxz]{5}/.test(word) && word.length >= 20) return true;
  const bits = word.match(/[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g) ?? [];
  return bits.length > 1 && bits.join("").length / bits.length < 3.6;
}

/** A text of somebody else's, such as a parser, without what in it looks like a secret. */
export function withoutSecrets(text: string): string {
  return withoutTokens(text.replace(NAMED, HIDDEN), looksSecret);
}

/** A text that is full of digests and other random words of no importance, without what is known for a secret. */
export function withoutTokens(text: string, isOne = holdsToken): string {
  return text.replace(PRIVATE_KEY, HIDDEN).replace(/[^\s"'`]+/g, (word) => (isOne(word) ? HIDDEN : word));
}

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

export const HIDDEN = "[not shown: it may be a secret]";
