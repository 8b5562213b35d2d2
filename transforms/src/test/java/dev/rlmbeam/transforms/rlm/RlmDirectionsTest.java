package dev.rlmbeam.transforms.rlm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which way the packages of the turn loop may look. */
class RlmDirectionsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rlmbeam.transforms.rlm");

  @Test
  void knowsNothingOfWhereSandboxesRunOrHowModelsAreReached() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.rlmbeam.sandbox.local..",
            "dev.rlmbeam.sandbox.testing..",
            "dev.rlmbeam.transforms.model.offline..",
            "dev.rlmbeam.transforms.model.testing..",
            "okhttp3..")
        .check(CLASSES);
  }

  @Test
  void trajectoriesKnowNothingOfTheLoop() {
    noClasses()
        .that()
        .resideInAPackage("..rlm.trajectory..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.rlmbeam.transforms.rlm")
        .check(CLASSES);
  }
}
