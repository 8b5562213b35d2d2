package dev.rlmbeam.transforms.rlm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one response for {@link ResponseCode}, line by line. One thread at a time. */
final class ResponseScanner {
  private static final Pattern THINK = Pattern.compile("^\\s*<think(?:ing)?>");
  private static final Pattern THINK_END = Pattern.compile("</think(?:ing)?>");
  private static final Pattern LONE_THINK_END =
      Pattern.compile("^\\s*</think(?:ing)?>|</think(?:ing)?>\\s*$");

  /** Blocks of one response that are run; a model that works turn by turn writes one or two. */
  static final int MOST_BLOCKS = 50;

  private static final int LOOKAHEAD_FACTOR = 20;

  private final String[] lines;
  private final boolean truncated;
  private final List<String> blocks = new ArrayList<>();
  private boolean tooMany;
  private boolean unclosed;
  private boolean otherLanguage;
  private boolean thinking;
  private int quoted; // backticks of the open fence of another language, 0 if there is none
  private int next;

  /**
   * Lines that may still be looked at beyond a fence that may stand in a string. Without a bound a
   * response of many such fences would be read to its end for each of them.
   */
  private long lookahead;

  ResponseScanner(String response, boolean truncated) {
    this.lines = response.split("\n", -1);
    this.truncated = truncated;
    this.lookahead = LOOKAHEAD_FACTOR * (long) lines.length;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].endsWith("\r")) {
        lines[i] = lines[i].substring(0, lines[i].length() - 1);
      }
    }
  }

  ResponseCode scan() {
    while (next < lines.length) {
      String line = withoutThoughts(lines[next++]);
      Optional<Fence> fence = thinking ? Optional.empty() : fenceIn(line);
      fence.ifPresent(this::enter);
    }
    return new ResponseCode(blocks, unclosed, otherLanguage, tooMany);
  }

  private Optional<Fence> fenceIn(String line) {
    Optional<Fence> atStart = Fence.atStart(line);
    return atStart.isPresent() || quoted > 0 ? atStart : Fence.atEnd(line);
  }

  /** The part of the line that is not thought. */
  private String withoutThoughts(String line) {
    String rest = line;
    if (!thinking) {
      Matcher begin = THINK.matcher(line);
      if (begin.find() && quoted == 0) {
        thinking = true;
        rest = line.substring(begin.end());
      } else if (quoted == 0 && LONE_THINK_END.matcher(line).find()) {
        thinking = true;
        blocks.clear();
        otherLanguage = false;
      }
    }
    if (!thinking) {
      return line;
    }
    Matcher end = THINK_END.matcher(rest);
    if (!end.find()) {
      return "";
    }
    thinking = false;
    return rest.substring(end.end());
  }

  private void enter(Fence fence) {
    if (fence.opensRepl() && fence.ticks() >= quoted) {
      // Also out of a fence of another language: that one was left open by mistake.
      quoted = 0;
      readBlock(fence);
    } else if (quoted == 0) {
      quoted = fence.ticks();
      otherLanguage |= !fence.info().isBlank();
    } else if (fence.ticks() >= quoted && fence.info().isBlank()) {
      quoted = 0;
    }
  }

  private void readBlock(Fence opening) {
    int begin = next;
    int end = endOfBlock(begin, opening.ticks());
    if (end < 0) {
      unclosed = true;
      next = lines.length;
      return;
    }
    String code = dedented(begin, end);
    if (blocks.size() == MOST_BLOCKS) {
      tooMany = true;
    } else if (!code.isBlank()) {
      blocks.add(code);
    }
    // A closing fence that names a language is the next block's opening: it is read again.
    boolean opensNext = Fence.atStart(lines[end]).map(Fence::opens).orElse(false);
    next = opensNext ? end : end + 1;
  }

  /** The line that ends the block, or -1. */
  private int endOfBlock(int begin, int ticks) {
    PythonStrings strings = new PythonStrings();
    int firstInString = -1;
    for (int i = begin; i < lines.length; i++) {
      Optional<Fence> fence = Fence.atStart(lines[i]).filter(f -> f.ticks() >= ticks);
      if (fence.isPresent()) {
        if (!strings.insideString() || lookahead <= 0) {
          return i;
        }
        if (firstInString < 0 && fence.get().info().isBlank()) {
          firstInString = i;
        }
      }
      if (firstInString >= 0) {
        lookahead--;
      }
      strings.feed(lines[i]);
    }
    // The string is never closed, so the code is broken: Python will say so.
    return truncated ? -1 : firstInString;
  }

  private String dedented(int begin, int end) {
    int first = begin;
    while (first < end && lines[first].isBlank()) {
      first++;
    }
    int indent = first < end ? indentOf(lines[first]) : 0;
    StringBuilder code = new StringBuilder();
    for (int i = first; i < end; i++) {
      code.append(lines[i], Math.min(indent, indentOf(lines[i])), lines[i].length()).append('\n');
    }
    return code.toString().stripTrailing();
  }

  private static int indentOf(String line) {
    int at = 0;
    while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }
}
