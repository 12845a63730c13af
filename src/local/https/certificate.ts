/**
 * Makes a certificate for this machine's own names, and says whether one still serves. It is signed by an authority that
 * is made with it and whose key is thrown away: whoever trusts the authority trusts this one certificate, and nothing
 * that could be made with it later.
 */
import "reflect-metadata"; // for the library, which looks for it
import { webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

/** All as PEM. */
export interface Certificate {
  /** The certificate of the server. */
  server: string;
  key: string;
  /** The certificate of the authority, which clients are to trust. */
  authority: string;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Clients may refuse what is valid for longer; some do from 398 days on, some from 825. */
const lifetimeMs = 397 * dayMs;
const renewedBeforeEndMs = 30 * dayMs;
/** For clocks that are behind ours. */
const backdatedMs = dayMs;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const authorityName = "CN=Rollcall local authority";

/** `names` are host names and IP addresses. */
export async function makeCertificate(names: readonly string[], nowMs: number): Promise<Certificate> {
  const [authorityKeys, serverKeys] = await Promise.all([newKeys(), newKeys()]);
  const validity = { notBefore: new Date(nowMs - backdatedMs), notAfter: new Date(nowMs + lifetimeMs) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: authorityName,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const server = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: "CN=Rollcall",
    issuer: authorityName,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(serverKeys.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", serverKeys.privateKey);
  return {
    server: server.toString("pem"),
    key: x509.PemConverter.encode(key, "PRIVATE KEY"),
    authority: authority.toString("pem"),
  };
}

/** Whether it is for all of `names`, and will be for a while yet. */
export function stillServes({ server }: Certificate, names: readonly string[], nowMs: number): boolean {
  const read = new X509Certificate(server);
  const covers = (name: string): boolean =>
    (isIP(name) === 0 ? read.checkHost(name, { subject: "never" }) : read.checkIP(name)) !== undefined;
  return read.validToDate.getTime() - nowMs > renewedBeforeEndMs && names.every(covers);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}
