package dev.rlmbeam.pipelines.scale;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the simulation foretells of runs that were measured, and were not used to fit it. */
final class MeasuredTest {
  private static final Logger LOG = Logger.getLogger(MeasuredTest.class.getName());
  private static final Path FILE = Path.of("../docs/scaling/measured.json");

  @TempDir private Path folder;

  @Test
  void runsThatWereNotFittedAreForetoldWithin15Percent() throws IOException {
    List<Measured> rows = Measured.read(FILE);
    Fit fit = Fit.to(rows.stream().filter(row -> row.use() == Measured.Use.FIT).toList());
    LOG.info(String.format(Locale.ROOT, "%s", fit));
    List<String> wrong = new ArrayList<>();
    for (Measured row : rows) {
      double wall = fit.seconds(row);
      double off = wall / row.wall() - 1;
      double callsOff = (double) fit.calls(row) / row.calls() - 1;
      String line =
          String.format(
              Locale.ROOT,
              "%s, %s: foretold %.1f s, measured %.1f s, off by %+.1f %%; calls off by %+.1f %%",
              row.use(),
              row.name(),
              wall,
              row.wall(),
              100 * off,
              100 * callsOff);
      LOG.info(line);
      if (row.use() == Measured.Use.CHECK && (Math.abs(off) > 0.15 || Math.abs(callsOff) > 0.15)) {
        wrong.add(line);
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(rows.stream().filter(row -> row.use() == Measured.Use.CHECK).count()).isAtLeast(3);
  }

  /** Rows that the simulation itself made: what went in has to come out. */
  @Test
  void theFitFindsTheCostsThatAreInTheRows() {
    CpuCosts costs = new CpuCosts(0.15, 0.015, 0);
    List<Measured> rows = new ArrayList<>();
    for (int inFlight : new int[] {4, 8, 32}) {
      Measured row = row(inFlight, 1);
      double wall = 2.5 + Simulation.of(row.run(costs)).betweenCalls();
      rows.add(row(inFlight, wall));
    }

    Fit fit = Fit.to(rows);

    assertThat(fit.start()).isWithin(0.5).of(2.5);
    assertThat(fit.cpu().element() / 0.15).isWithin(0.05).of(1);
    for (Measured row : rows) {
      assertThat(fit.seconds(row) / row.wall()).isWithin(0.02).of(1);
    }
  }

  private static Measured row(int inFlight, double wall) {
    return new Measured("made", 1, inFlight, 200, 3, 0.5, 2, wall, 600, Measured.Use.FIT);
  }

  @Test
  void aRowThatIsWrongIsNamed() throws IOException {
    Path file = folder.resolve("rows.json");
    Files.writeString(
        file,
        "{\"rows\": [{\"use\": \"fit\", \"taskManagers\": 1, \"maxInFlight\": 8,"
            + " \"elements\": 0}]}");
    IOException nothing = assertThrows(IOException.class, () -> Measured.read(file));
    Files.writeString(file, "{\"rows\": [{\"use\": \"guess\"}]}");
    IOException use = assertThrows(IOException.class, () -> Measured.read(file));

    assertThat(nothing).hasMessageThat().contains("row 1: elements must be a number above 0");
    assertWithMessage("the word is shown").that(use).hasMessageThat().contains("'guess'");
  }
}
