package dev.rlmbeam.pipelines.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The options that were set, each with who set it. What stands first wins, so what is weaker is put
 * behind. Immutable.
 */
public final class GivenOptions {
  private static final GivenOptions NONE = new GivenOptions(List.of());

  /** Who sets options, the strongest first. */
  public enum Origin {
    /** The person at the command line. */
    COMMAND_LINE("command line"),
    /** The command itself, for its own purpose. */
    COMMAND("this command"),
    /** A file of options. */
    CONFIG("config"),
    /** What a runner needs to be of use. */
    RUNNER("runner default");

    private final String label;

    Origin(String label) {
      this.label = label;
    }

    /** For a person. */
    public String label() {
      return label;
    }
  }

  /**
   * One value of one option.
   *
   * @param name of the option, without dashes
   * @param value as it would stand behind the equals sign
   * @param origin who set it
   * @param place where it stands, for errors; such as {@code job.yaml line 3}, or empty
   */
  public record Given(String name, String value, Origin origin, String place) {
    /** What a person has written: {@code --limit=x}, or {@code job.yaml line 3: limit: x}. */
    String shown() {
      return place.isEmpty() ? "--" + name + "=" + value : place + ": " + name + ": " + value;
    }
  }

  private final List<Given> given;

  private GivenOptions(List<Given> given) {
    this.given = given;
  }

  /** Nothing set. */
  public static GivenOptions none() {
    return NONE;
  }

  /** These, in this order. */
  public static GivenOptions of(List<Given> given) {
    return new GivenOptions(List.copyOf(given));
  }

  /**
   * All values, the strongest first; an option that takes several values may stand several times.
   */
  public List<Given> all() {
    return given;
  }

  /** True when somebody set the option. */
  public boolean names(String option) {
    return given.stream().anyMatch(one -> one.name().equals(option));
  }

  /** The value of an option. */
  public Optional<String> value(String option) {
    return given.stream().filter(one -> one.name().equals(option)).map(Given::value).findFirst();
  }

  /** Who set an option. */
  public Optional<Given> find(String option) {
    return given.stream().filter(one -> one.name().equals(option)).findFirst();
  }

  /** With one more, unless the option is set already. */
  public GivenOptions orElse(String name, String value, Origin origin) {
    return over(of(List.of(new Given(name, value, origin, ""))));
  }

  /** With what others set, where these are silent. */
  public GivenOptions over(GivenOptions weaker) {
    List<Given> all = new ArrayList<>(given);
    weaker.given.stream().filter(one -> !names(one.name())).forEach(all::add);
    return new GivenOptions(List.copyOf(all));
  }

  /** With this value in place of any other. */
  public GivenOptions with(String name, String value, Origin origin) {
    return of(List.of(new Given(name, value, origin, ""))).over(this);
  }
}
