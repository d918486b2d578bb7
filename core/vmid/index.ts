export { reservationKey } from "./reservation.ts";
export { isTaken, reserve } from "./reserve.ts";
