import { textsOf, type Translate } from "./i18n";

/** Returns `true`, or the reason why a value is not accepted. */
export type Validate = (this: EditorNode, value: unknown, options: { label?: string }) => boolean | string;

/**
 * Makes a validator of a check that gives the reason why a text is not accepted. The editor lets `${ENV}` pass before.
 */
function validator(check: (text: string, translate: Translate) => string | undefined): Validate {
  const translate = textsOf("arduino-cloud-account");
  // Two declared parameters: with one, the editor takes a reason for "valid".
  return function (value, options) {
    const text = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
    const reason = check(text, translate);
    if (reason === undefined) return true;
    return options.label === undefined ? reason : `${options.label}: ${reason}`;
  };
}

/** Accepts an address with one of the schemes, or blank for the default. */
export function address(...schemes: string[]): Validate {
  return validator((text, translate) => {
    if (text === "" || isAddress(text, schemes)) return undefined;
    return translate("error.address", { schemes: schemes.map((scheme) => `${scheme}://`).join(", ") });
  });
}

/** Accepts the address of a Redis, of its sentinels or of the nodes of a Redis Cluster, or blank for the default. */
export function redisAddress(): Validate {
  const pattern = /^rediss?(-sentinel|-cluster)?:\/\/[^\s/?#@]+(\/\d*)?(#\S+)?$/i;
  return validator((text, translate) =>
    text === "" || pattern.test(text)
      ? undefined
      : translate("error.address", { schemes: "redis://, rediss://, redis-sentinel://, redis-cluster://" }),
  );
}

/** Accepts a number from `lowest` up, or blank for the default. */
export function numberFrom(lowest: number): Validate {
  return validator((text, translate) =>
    text === "" || Number(text) >= lowest ? undefined : translate("error.number", { lowest }),
  );
}

/** Accepts a whole number from `lowest` up, or blank for the default. */
export function wholeNumberFrom(lowest: number): Validate {
  return validator((text, translate) =>
    text === "" || (/^\d+$/.test(text) && Number(text) >= lowest)
      ? undefined
      : translate("error.whole-number", { lowest }),
  );
}

/** Accepts JSON, or blank for what the message brings. */
export function jsonText(): Validate {
  return validator((text, translate) => (text === "" || isJson(text) ? undefined : translate("error.json")));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  const [, scheme = "", host = ""] = /^([a-z]+):\/\/([^\s/?#@]+)[^\s?#@]*$/i.exec(text) ?? [];
  return host !== "" && schemes.includes(scheme.toLowerCase());
}
