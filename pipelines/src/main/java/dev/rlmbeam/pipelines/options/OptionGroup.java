package dev.rlmbeam.pipelines.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What options are about; help and the documentation show them in these groups and this order. */
public enum OptionGroup {
  /** What is asked, of what. */
  INPUT("Questions and input"),
  /** What a run writes. */
  OUTPUT("Output"),
  /** Who answers. */
  MODEL("Models"),
  /** How long, how often. */
  LIMIT("Limits"),
  /** What the code meets. */
  CODE("Prompt and code"),
  /** Where code runs. */
  SANDBOX("Sandboxes"),
  /** What the cloud is asked for. */
  MODAL("Sandboxes in Modal's cloud, with --sandbox=modal"),
  /** What the emulator of the cloud is like. */
  EMULATOR("The emulator"),
  /** What a cluster on this machine is like. */
  CLUSTER("The cluster"),
  /** How large a run is that is only foreseen. */
  SCALE("The run that is foreseen"),
  /** Where settings come from, what is only tried. */
  COMMAND("The command itself");

  private final String title;

  OptionGroup(String title) {
    this.title = title;
  }

  /** Heading for a person. */
  public String title() {
    return title;
  }

  /** Puts an option into a group; stands at its getter. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  public @interface In {
    /** The group. */
    OptionGroup value();

    /** What stands for the value in help: a unit or a form. */
    String sample() default "";

    /** Where in its group; options of the same place stand by their names. */
    int place() default 50;

    /** Shown by {@code --help=all} only. */
    boolean rare() default false;
  }
}
