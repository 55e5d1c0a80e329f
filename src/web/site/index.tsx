import { Hono } from "hono";
import type { App } from "../context.ts";
export const site = new Hono<App>();
