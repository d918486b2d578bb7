import type { Call, Handlers } from "../call.ts";
import { died, invalid, Refusal } from "../refusal.ts";
import type { State } from "../state.ts";

type Token = State["tokens"][string];

const idOf = ({ params }: Call) => `${params.text("userid")}!${params.text("tokenid")}`;

function known(call: Call): Token {
  const token = call.world.state.tokens[idOf(call)];
  const { params } = call;
  if (!token) throw died(`no such token '${params.text("tokenid")}' for user '${params.text("userid")}'`);
  return token;
}

const shown = ({ comment, expire, privsep }: Token) => ({
  ...(comment && { comment }),
  expire,
  privsep: privsep ? 1 : 0,
});

const list = ({ world, params }: Call) =>
  Object.entries(world.state.tokens)
    .filter(([id]) => id.startsWith(`${params.text("userid")}!`))
    .map(([id, token]) => ({ ...shown(token), tokenid: id.split("!")[1] ?? "" }));

/** The secret is shown once, here. What was sent comes back as it was sent: text; a default is a number. */
function create(call: Call) {
  const { params, world } = call;
  const id = idOf(call);
  if (!world.state.users[params.text("userid")]) throw new Refusal(403, "Permission check failed");
  if (world.state.tokens[id]) throw invalid({ tokenid: "Token already exists." });
  const secret = [8, 4, 4, 4, 12].map((digits) => world.random.hex(digits)).join("-");
  const privsep = params.optional("privsep") ?? "1";
  const comment = params.optional("comment");
  world.state.tokens[id] = {
    secret,
    privsep: privsep === "1",
    expire: params.number("expire"),
    ...(comment && { comment }),
  };
  world.touch();
  const sent = params.without(["userid", "tokenid"]);
  return { "full-tokenid": id, value: secret, info: { privsep: 1, ...sent } };
}

function update(call: Call) {
  const { params, world } = call;
  const token = known(call);
  if (params.has("comment")) token.comment = params.text("comment");
  if (params.has("expire")) token.expire = params.number("expire");
  if (params.has("privsep")) token.privsep = params.flag("privsep");
  const renew = params.flag("regenerate");
  if (renew) token.secret = [8, 4, 4, 4, 12].map((digits) => world.random.hex(digits)).join("-");
  world.touch();
  return { ...shown(token), ...(renew && { value: token.secret, "full-tokenid": idOf(call) }) };
}

function remove(call: Call): null {
  known(call);
  delete call.world.state.tokens[idOf(call)];
  call.world.touch();
  return null;
}

const TOKEN = "/access/users/{userid}/token";

export const tokenHandlers: Handlers = {
  [`GET ${TOKEN}`]: list,
  [`GET ${TOKEN}/{tokenid}`]: (call) => shown(known(call)),
  [`POST ${TOKEN}/{tokenid}`]: create,
  [`PUT ${TOKEN}/{tokenid}`]: update,
  [`DELETE ${TOKEN}/{tokenid}`]: remove,
};
