/**
 * Which addresses a message may go to. The address that is connected to is the one that is checked: a name is resolved
 * once, by the hook that the connection itself uses, so its owner cannot answer the check and the connection differently.
 */
import { lookup as systemLookup } from "node:dns";
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** The address, or one of those that the name has, is in a network that messages may not enter. */
export class RefusedAddressError extends Error {
  override readonly name = "RefusedAddressError";
  readonly code = "refused_address";
}

/** Ranges of the operator's own networks, in the words of ipaddr.js. */
const PRIVATE = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** Where clouds serve the machine's own credentials, outside of the link-local range. */
const METADATA = new Set(["100.100.100.200", "fd00:ec2::254"]);

/**
 * @param address an IP address in any notation
 * @param allowPrivate also networks that the internet cannot reach, but never link-local ones: clouds serve credentials there
 */
export function isAllowedAddress(address: string, allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6 form counts as what it is.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === "unicast") return true;
  return allowPrivate && PRIVATE.has(range) && !METADATA.has(parsed.toString());
}

/** Resolves all addresses of a name. */
export type Resolve = (
  hostname: string,
  answer: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const resolveBySystem: Resolve = (hostname, answer) => systemLookup(hostname, { all: true }, answer);

/**
 * The `lookup` of a connection: refuses a name if any of its addresses is not allowed.
 *
 * @param resolve for tests; default: as the system resolves
 */
export function guardedLookup(allowPrivate: boolean, resolve: Resolve = resolveBySystem): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) callback(error ?? new Error("The name has no address."), "");
      else if (!addresses.every(({ address }) => isAllowedAddress(address, allowPrivate)))
        callback(refusal(), "");
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * Checks a host that is written as an address, because no name is resolved for it.
 *
 * @throws RefusedAddressError
 */
export function refuseLiteral(hostname: string, allowPrivate: boolean): void {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0 && !isAllowedAddress(address, allowPrivate)) throw refusal();
}

function refusal(): RefusedAddressError {
  return new RefusedAddressError("The address is in a network that messages may not enter.");
}
