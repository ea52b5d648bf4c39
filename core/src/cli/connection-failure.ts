const untrusted =
  'its certificate is not trusted here; name the file of its authority in NODE_EXTRA_CA_CERTS';

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start one with "sluice serve", or name yours with --server',
  ENOTFOUND: 'there is no host of that name; correct --server or SLUICE_SERVER',
  EAI_AGAIN: 'the name of the host cannot be looked up now; try again',
  ECONNRESET:
    'the connection was cut; is it the address of a Sluice server, with http or https as it should be?',
  UND_ERR_SOCKET:
    'the connection was cut; is it the address of a Sluice server, with http or https as it should be?',
  EPROTO: 'it does not speak TLS; write http:// instead of https://',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; write http:// instead of https://',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS; write http:// instead of https://',
  UND_ERR_CONNECT_TIMEOUT: 'it cannot be connected to; is it running, and is a firewall in between?',
  ETIMEDOUT: 'it cannot be connected to; is it running, and is a firewall in between?',
  UND_ERR_HEADERS_TIMEOUT: 'it took the request and did not answer; look into its log',
  UND_ERR_BODY_TIMEOUT: 'it began to answer and did not go on; look into its log',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; use that one in --server',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};

/** Why a server could not be asked, in words. */
export function explainConnectionFailure(server: string, thrown: unknown): string {
  const code = findCode(thrown);
  if (/unexpected redirect/.test(String(causeOf(thrown)))) {
    return `${server} sends requests elsewhere; name the address that it sends them to with --server`;
  }
  if (code.startsWith('HPE_') || /^HTTPParserError/.test(String(causeOf(thrown))))
    return `what answers at ${server} does not speak HTTP; correct --server or SLUICE_SERVER`;
  return `no server answers at ${server}; ${sentences[code] ?? `start one with "sluice serve", or name yours with --server${code && ` (${code})`}`}`;
}

/** What fetch throws says nothing; its cause does, or one of several, where a name has several addresses. */
function findCode(thrown: unknown): string {
  const cause = causeOf(thrown);
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  return typeof first === 'object' && first !== null && 'code' in first ? String(first.code ?? '') : '';
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
}
