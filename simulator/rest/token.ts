import type { IncomingHttpHeaders } from "node:http";
import type { Store } from "../store/store";
import type { Tokens } from "../store/tokens";
import { Failure } from "./failure";
import { checkFields, textOf, type Fields } from "./fields";
import { checkMembership } from "./auth-and-limits";

/** Path of the token endpoint (docs/protocol.md#tokens). */
export const tokenPath = "/iot/v1/clients/token";

const tokenFields: Fields = {
  grant_type: { kind: "string", required: true, values: ["client_credentials"] },
  client_id: { kind: "string", required: true, max: 32 },
  client_secret: { kind: "string", required: true, max: 64 },
  audience: { kind: "string", required: true },
  organization_id: { kind: "string" },
};

/**
 * Answers a token request, form or JSON; the organization comes as a field or as the header (docs/protocol.md#tokens).
 * @throws Failure 400 for a bad field, 401 for wrong credentials, 403 for a foreign space
 */
export async function giveToken(
  given: unknown,
  headers: IncomingHttpHeaders,
  store: Store,
  tokens: Tokens,
): Promise<Record<string, string | number>> {
  const body = checkFields(tokenFields, given ?? {}, "body");
  if (!store.choices.audiences.includes(textOf(body.audience))) {
    throw new Failure(400, `body.audience must be one of ${store.choices.audiences.join(", ")}`);
  }
  const user = store.users.find(({ clientId }) => clientId === body.client_id);
  if (!user || user.clientSecret !== body.client_secret) throw new Failure(401, "invalid client credentials");
  const organizationId = body.organization_id || headers["x-organization"] || undefined;
  if (organizationId !== undefined) checkMembership(store, user.id, organizationId);
  const scope = { userId: user.id, ...(organizationId === undefined ? {} : { organizationId }) };
  const { accessToken, expiresIn } = await tokens.mint(scope);
  return { access_token: accessToken, token_type: "Bearer", expires_in: expiresIn };
}
