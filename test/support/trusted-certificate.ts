import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { certificate } from "../bench/certificate.ts";

const own = certificate(Date.now());
setDefaultCACertificates([...getCACertificates("default"), own.certificate]);

/** A key, and a certificate for 127.0.0.1 that this process trusts. */
export const trusted = { key: own.key, cert: own.certificate };
