/** Elements of ours that a script brings to life (`public/push.js`); without it they show nothing. */
import "hono/jsx";

declare module "hono/jsx" {
  namespace JSX {
    interface IntrinsicElements {
      "push-button": { class?: string };
    }
  }
}
