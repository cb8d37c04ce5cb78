const whole = /^\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))$/;

/**
 * The variable that a whole-value reference (`$NAME` or `${NAME}`) names; `null` for any other text. References
 * inside a longer text are never expanded: commands and URLs stay as they are written.
 */
export function variableName(text: string): string | null {
  const match = whole.exec(text);
  return match?.[1] ?? match?.[2] ?? null;
}
