/** Access policy: jobs need a token of this server, everything else is open. After the one that comes with Bacalhau. */
export const JOBS_NEED_A_TOKEN = `
package bacalhau.authz
import rego.v1

default allow = false
default token_valid = false

jobs := ["api", "v1", "orchestrator", "jobs"]

allow if input.http.path != jobs
allow if {
  input.http.path == jobs
  namespaces["*"]
}

token_valid if namespaces
token_valid if not input.http.headers["Authorization"]

namespaces := claims["ns"] if {
  token := trim_prefix(input.http.headers["Authorization"][0], "Bearer ")
  [valid, _, claims] := io.jwt.decode_verify(token, input.constraints)
  valid
}
`;

const token = (subject: string): string => `
token := io.jwt.encode_sign({"typ": "JWT", "alg": "RS256"}, {
  "iss": input.nodeId, "sub": ${subject}, "aud": [input.nodeId],
  "iat": now, "exp": later, "ns": {"*": 15},
}, input.signingKey)

now := time.now_ns() / 1000
later := time.add_date(time.now_ns(), 0, 1, 0) / 1000
`;

/** Login by key, for everybody but the client with this id. */
export const anyKeyExcept = (refused: string): string => `
package bacalhau.authn
import rego.v1
${token('valid_client')}
valid_client := input.clientId if input.clientId != "${refused}"
`;

/** Login by name and password: ada, lovelace1. */
export const NAME_AND_PASSWORD = `
package bacalhau.authn
import rego.v1

schema := {
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "properties": {"username": {"type": "string"}, "password": {"type": "string", "writeOnly": true}},
  "required": ["username", "password"],
}

valid_user := input.ask.username if {
  input.ask.username == "ada"
  input.ask.password == "lovelace1"
}
${token('valid_user')}`;
