// Glyphs of units and stations as small canvases, drawn once and kept: the map shows each of them many times.

import Icon from "ol/style/Icon.js";
import { GLYPHS, type Standing } from "../state/standing.ts";
import { SKY, STANDING_CHIPS, VERMILLION, YELLOW } from "./palette.ts";
import { FONT } from "./tiles.ts";

const SCALE = 2;

/** `under`: names are written over it (far out, where names matter more); `room`: names keep clear of it. */
export type Manner = "under" | "room";
const kept = new Map<string, Icon>();

function drawn(look: string, width: number, height: number, draw: (pen: CanvasRenderingContext2D) => void, manner: Manner = "room"): Icon {
  const key = `${look} ${manner}`;
  let icon = kept.get(key);
  if (icon === undefined) {
    const canvas = document.createElement("canvas");
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    const pen = canvas.getContext("2d");
    if (pen !== null) {
      pen.scale(SCALE, SCALE);
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      draw(pen);
    }
    icon = new Icon({ img: canvas, scale: 1 / SCALE, declutterMode: manner === "under" ? "none" : "obstacle" });
    kept.set(key, icon);
  }
  return icon;
}

/** A unit on the road: a disc, as wide as a finger's aim, with the glyph of what it does. */
export function unitIcon(standing: Standing, chosen: boolean, manner: Manner): Icon {
  const { ground, ink } = STANDING_CHIPS[standing];
  return drawn(`unit ${standing} ${chosen}`, 26, 26, (pen) => {
    pen.beginPath();
    pen.arc(13, 13, 10, 0, Math.PI * 2);
    pen.fillStyle = ground;
    pen.fill();
    pen.lineWidth = chosen ? 3 : 1.5;
    pen.strokeStyle = chosen ? "#f0e442" : "#0d1218";
    pen.stroke();
    pen.fillStyle = ink;
    pen.font = `700 12px ${FONT}`;
    pen.fillText(GLYPHS[standing], 13, 13.5);
  }, manner);
}

/** A station: a square with the glyph of its most telling unit, and how many stand free when there are several. */
export function stationIcon(standing: Standing, free: number, units: number, foreign: boolean, manner: Manner): Icon {
  const { ground, ink } = STANDING_CHIPS[standing];
  const badge = units > 1;
  return drawn(`station ${standing} ${badge ? free : ""} ${foreign}`, 32, 26, (pen) => {
    pen.beginPath();
    pen.roundRect(4, 4, 18, 18, 3);
    pen.fillStyle = ground;
    pen.fill();
    pen.lineWidth = 1.5;
    pen.setLineDash(foreign ? [3, 2] : []);
    pen.strokeStyle = foreign ? "#cc79a7" : "#0d1218";
    pen.stroke();
    pen.fillStyle = ink;
    pen.font = `700 12px ${FONT}`;
    pen.fillText(GLYPHS[standing], 13, 13.5);
    if (!badge) return;
    pen.setLineDash([]);
    pen.beginPath();
    pen.arc(24, 6, 6, 0, Math.PI * 2);
    pen.fillStyle = "#0d1218";
    pen.fill();
    pen.fillStyle = "#ffffff";
    pen.font = `700 9px ${FONT}`;
    pen.fillText(String(free), 24, 6.5);
  }, manner);
}

/** A small station seen from afar. */
export function dotIcon(standing: Standing): Icon {
  return drawn(`dot ${standing}`, 10, 10, (pen) => {
    pen.beginPath();
    pen.roundRect(1, 1, 8, 8, 2);
    pen.fillStyle = STANDING_CHIPS[standing].ground;
    pen.fill();
    pen.strokeStyle = "#0d1218";
    pen.stroke();
  }, "under");
}

/** An incident: a flame in a drop whose point stands on the place. */
export function incidentIcon(colour: string, chosen: boolean): Icon {
  return drawn(`incident ${colour} ${chosen}`, 40, 40, (pen) => {
    pen.beginPath();
    pen.moveTo(20, 39);
    pen.bezierCurveTo(9, 26, 6, 21, 6, 15);
    pen.arc(20, 15, 14, Math.PI, 0);
    pen.bezierCurveTo(34, 21, 31, 26, 20, 39);
    pen.fillStyle = colour;
    pen.fill();
    pen.lineWidth = chosen ? 3 : 1.5;
    pen.strokeStyle = chosen ? "#f0e442" : "#0d1218";
    pen.stroke();
    pen.fillStyle = "#0d1218";
    pen.font = `700 15px ${FONT}`;
    pen.fillText("火", 20, 16);
  });
}

export function incidentAnchor(icon: Icon): Icon {
  icon.setAnchor([0.5, 1]);
  return icon;
}

/** A closed road: no entry; a slow one: a triangle. */
export function hindranceIcon(closed: boolean): Icon {
  return drawn(`hindrance ${closed}`, 22, 22, (pen) => {
    pen.beginPath();
    if (closed) pen.arc(11, 11, 9, 0, Math.PI * 2);
    else {
      pen.moveTo(11, 2);
      pen.lineTo(20, 19);
      pen.lineTo(2, 19);
      pen.closePath();
    }
    pen.fillStyle = closed ? VERMILLION : YELLOW;
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#0d1218";
    pen.stroke();
    pen.fillStyle = "#0d1218";
    if (closed) pen.fillRect(5, 9, 12, 4);
    else {
      pen.font = `700 11px ${FONT}`;
      pen.fillText("慢", 11, 14);
    }
  }, "under");
}

/** The n-th nearest water: a drop with its number, as in the list. */
export function waterIcon(number: number): Icon {
  return drawn(`water ${number}`, 22, 26, (pen) => {
    pen.beginPath();
    pen.moveTo(11, 1);
    pen.bezierCurveTo(17, 9, 20, 12, 20, 16);
    pen.arc(11, 16, 9, 0, Math.PI);
    pen.bezierCurveTo(2, 12, 5, 9, 11, 1);
    pen.fillStyle = SKY;
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = "#0d1218";
    pen.stroke();
    pen.fillStyle = "#0d1218";
    pen.font = `700 12px ${FONT}`;
    pen.fillText(String(number), 11, 17);
  }, "under");
}

/** Where a click will put the place. */
export function aimIcon(): Icon {
  return drawn("aim", 36, 36, (pen) => {
    pen.strokeStyle = VERMILLION;
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(18, 18, 9, 0, Math.PI * 2);
    for (const [x, y] of [[0, 1], [0, -1], [1, 0], [-1, 0]] as const) {
      pen.moveTo(18 + x * 5, 18 + y * 5);
      pen.lineTo(18 + x * 16, 18 + y * 16);
    }
    pen.stroke();
  });
}
