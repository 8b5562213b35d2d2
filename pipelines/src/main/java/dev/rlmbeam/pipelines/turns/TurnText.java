package dev.rlmbeam.pipelines.turns;

import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Figures;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The parts of a turn as text for a terminal: what the model says, its code, what that prints, whom
 * it asks. Whatever models and code have written is shown as text; nothing in it is obeyed.
 * Immutable.
 */
public final class TurnText {
  private static final int SAID_LINES = 10;
  private static final int CODE_LINES = 24;
  private static final int OUTPUT_LINES = 12;
  private static final int REPLY_LINES = 3;
  private static final int LEAST_COLUMNS = 20;
  private static final int MOST_COLUMNS = 120;
  private static final String INDENT = "  ";
  private static final Pattern REPL_BLOCK =
      Pattern.compile("(?ms)^[ \\t]*(```+|~~~+)[ \\t]*repl\\b.*?(^[ \\t]*\\1[ \\t]*$|\\z)");

  private final Ink ink;
  private final int columns;
  private final boolean full;

  /**
   * @param columns of the terminal
   * @param full whether nothing is left out
   */
  public TurnText(Ink ink, int columns, boolean full) {
    this.ink = ink;
    this.columns = Math.max(LEAST_COLUMNS, Math.min(columns, MOST_COLUMNS));
    this.full = full;
  }

  /** A turn's heading. */
  public String heading(String what, String figures) {
    String gap = figures.isEmpty() ? "" : "  ";
    return ink.bold(FailureLines.printable(what))
        + gap
        + ink.faint(FailureLines.printable(figures))
        + "\n";
  }

  /** What the model says beside its code, which is shown for itself. */
  public String says(String response) {
    String prose = REPL_BLOCK.matcher(response).replaceAll("").strip();
    return prose.isEmpty() ? "" : lines(prose, INDENT, SAID_LINES, UnaryOperator.identity());
  }

  /** A code block. */
  public String code(String code) {
    PythonInk python = new PythonInk(ink);
    String bar = INDENT + ink.faint("│") + " ";
    List<String> coloured =
        Cells.pieces(code.stripTrailing(), columns - visible(bar)).stream()
            .map(python::piece)
            .toList();
    return block(coloured, bar, CODE_LINES, UnaryOperator.identity());
  }

  /** What a block printed. */
  public String prints(String stdout, String stderr) {
    StringBuilder text = new StringBuilder();
    if (!stdout.isBlank()) {
      text.append(INDENT).append(ink.faint("prints")).append('\n');
      text.append(lines(stdout, INDENT + INDENT, OUTPUT_LINES, UnaryOperator.identity()));
    }
    if (!stderr.isBlank()) {
      text.append(INDENT).append(ink.faint("on stderr")).append('\n');
      text.append(lines(stderr, INDENT + INDENT, OUTPUT_LINES, ink::red));
    }
    return text.toString();
  }

  /** Whom a block asked: how many, how much, how long, and the longest reply; or each of them. */
  public String asks(List<CallView> calls) {
    if (calls.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    text.append(lines(sum(calls), INDENT, Integer.MAX_VALUE, ink::faint));
    List<CallView> shown = full ? calls : List.of(longestReply(calls));
    for (CallView call : shown) {
      if (full) {
        String figures = figures(call);
        text.append(lines(figures, INDENT + INDENT, Integer.MAX_VALUE, ink::faint));
        text.append(lines("? " + call.prompt(), INDENT + INDENT, REPLY_LINES, ink::faint));
      }
      UnaryOperator<String> colour = call.error().isPresent() ? ink::red : UnaryOperator.identity();
      text.append(lines("> " + call.response(), INDENT + INDENT, REPLY_LINES, colour));
    }
    return text.toString();
  }

  /** The answer. */
  public String answer(String answer) {
    return lines(answer, INDENT, Integer.MAX_VALUE, ink::green);
  }

  /** What went wrong. */
  public String failure(String what) {
    return lines(what, INDENT, Integer.MAX_VALUE, ink::red);
  }

  /** A text of others, indented. */
  public String text(String text) {
    return lines(text, INDENT, Integer.MAX_VALUE, UnaryOperator.identity());
  }

  /** A name, and beside it a text of others, on as many lines as it takes. */
  public String beside(String name, String value) {
    int width = columns - INDENT.length() - name.length();
    StringBuilder block = new StringBuilder();
    for (String line : Cells.wrapped(value, width)) {
      String margin = block.isEmpty() ? name : " ".repeat(name.length());
      block.append(INDENT).append(margin).append(line).append('\n');
    }
    return block.toString();
  }

  /** How long something took, for a heading. */
  public static String seconds(double seconds) {
    return Figures.span(Duration.ofNanos(Math.round(seconds * 1e9)));
  }

  private static CallView longestReply(List<CallView> calls) {
    CallView longest = calls.get(0);
    for (CallView call : calls) {
      longest = call.responseCharacters() > longest.responseCharacters() ? call : longest;
    }
    return longest;
  }

  private static String sum(List<CallView> calls) {
    long asked = calls.stream().mapToLong(CallView::promptCharacters).sum();
    long told = calls.stream().mapToLong(CallView::responseCharacters).sum();
    long errors = calls.stream().filter(call -> call.error().isPresent()).count();
    double slowest = calls.stream().mapToDouble(CallView::seconds).max().orElse(0);
    return String.format(
        Locale.ROOT,
        "asks %s %,d %s of %s characters, is told %s%s; %s%s",
        calls.get(0).model(),
        calls.size(),
        calls.size() == 1 ? "prompt" : "prompts",
        Figures.count(asked),
        Figures.count(told),
        errors == 0 ? "" : ", " + errors + " failed",
        calls.size() == 1 ? "" : "the slowest ",
        seconds(slowest));
  }

  private static String figures(CallView call) {
    return String.format(
        Locale.ROOT,
        "%s, %,d characters, reply %,d, %s",
        call.model(),
        call.promptCharacters(),
        call.responseCharacters(),
        seconds(call.seconds()));
  }

  private String lines(String text, String margin, int most, UnaryOperator<String> colour) {
    return block(
        Cells.wrapped(text.stripTrailing(), columns - visible(margin)), margin, most, colour);
  }

  private String block(List<String> all, String margin, int most, UnaryOperator<String> colour) {
    StringBuilder block = new StringBuilder();
    int shown = full || all.size() <= most ? all.size() : most - 1;
    for (String line : all.subList(0, shown)) {
      block.append(line.isEmpty() ? margin.stripTrailing() : margin + colour.apply(line));
      block.append('\n');
    }
    if (shown < all.size()) {
      String more = "… " + (all.size() - shown) + " more lines";
      block.append(margin).append(ink.faint(more)).append('\n');
    }
    return block.toString();
  }

  private static int visible(String margin) {
    return Cells.of(margin.replaceAll("\u001b\\[[0-9;]*m", ""));
  }
}
