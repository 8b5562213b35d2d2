package dev.rlmbeam.sandbox.modal;

import java.util.ArrayDeque;
import java.util.Deque;

/** The end of a build's log, which says what went wrong. Of one thread. */
final class BuildLog {
  private static final int MAX_LINES = 20;
  private static final int MAX_CHARACTERS = 300;

  private final Deque<String> lines = new ArrayDeque<>();
  private final StringBuilder open = new StringBuilder();

  void add(String text) {
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\n') {
        flush();
      } else if (open.length() < MAX_CHARACTERS && (c == '\t' || c >= ' ')) {
        open.append(c);
      }
    }
  }

  private void flush() {
    if (!open.toString().isBlank()) {
      lines.addLast(open.toString());
    }
    open.setLength(0);
    if (lines.size() > MAX_LINES) {
      lines.removeFirst();
    }
  }

  /** For the end of a message; empty when nothing was said. */
  String describe() {
    flush();
    return lines.isEmpty() ? "" : "; the end of its log:\n  " + String.join("\n  ", lines);
  }
}
