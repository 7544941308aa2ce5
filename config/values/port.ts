import { integer } from "./scalar";

export const port = () => integer({ min: 1, max: 65535 });
