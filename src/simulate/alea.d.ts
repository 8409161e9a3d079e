/** The Alea generator of `seedrandom`. The main entry of the package needs `crypto` of node, which browsers do not have. */
declare module "seedrandom/lib/alea.js" {
  interface Alea {
    /** A number in [0, 1) with 32 random bits. */
    (): number;
    /** A number in [0, 1) with 53 random bits. */
    double(): number;
    /** A signed integer of 32 bits. */
    int32(): number;
  }
  export default function alea(seed: string): Alea;
}
