import { createHash, timingSafeEqual } from "node:crypto";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Call } from "./http.ts";

/** What a caller of an embedded part of AWS must have: the id is no secret, the other is made for each run. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const CONTENT = "x-amz-content-sha256";
/** As AWS has it: a signature is good for so long before and after its date. */
const MOST_SKEW_MS = 900_000;

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(",") : value);

/** The headers that were signed. The hash of the body is taken from the body, whatever its header says. */
function signedHeaders(call: Call, names: readonly string[]): Record<string, string> {
  const headers = names.map((name) => [name, single(call.headers[name]) ?? ""] as const);
  const content = createHash("sha256").update(call.body).digest("hex");
  return Object.fromEntries(headers.map(([name, value]) => [name, name === CONTENT ? content : value]));
}

function queryOf({ searchParams }: URL): Record<string, string[]> {
  return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
}

function toRequest(call: Call, names: readonly string[]) {
  const { hostname, pathname: path } = call.url;
  const headers = signedHeaders(call, names);
  return {
    method: call.method,
    protocol: "http:",
    hostname,
    path,
    query: queryOf(call.url),
    headers,
    body: call.body,
  };
}

/** What a call says of its signature; undefined where it has none of this kind. */
function claimOf({ headers }: Call) {
  const [, id, region, service, list, signature] = AUTHORIZATION.exec(headers.authorization ?? "") ?? [];
  if (!id || !region || !service || !list || !signature) return undefined;
  const date = single(headers["x-amz-date"])?.replace(DATE, "$1-$2-$3T$4:$5:$6Z") ?? "";
  return { id, region, service, names: list.split(";"), signature, signingDate: new Date(date) };
}

/** Whether a call carries a signature (AWS SigV4) that only these credentials can make, for this service and about now. */
export async function isSigned(
  call: Call,
  credentials: Credentials,
  service: string,
  now: Date,
): Promise<boolean> {
  const claim = claimOf(call);
  if (claim?.id !== credentials.accessKeyId || claim.service !== service) return false;
  const { region, names, signingDate } = claim;
  if (!(Math.abs(now.getTime() - signingDate.getTime()) <= MOST_SKEW_MS)) return false;
  const sha256 = Hash.bind(null, "sha256");
  const signer = new SignatureV4({ credentials, region, service, sha256, applyChecksum: false });
  const signableHeaders = new Set(names);
  const { headers } = await signer.sign(toRequest(call, names), { signingDate, signableHeaders });
  const wanted = AUTHORIZATION.exec(headers["authorization"] ?? "")?.[5];
  return wanted !== undefined && timingSafeEqual(Buffer.from(wanted), Buffer.from(claim.signature));
}
