package dev.skiffmesh.e2e.scenarios;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of {@code docs/architecture.md}. */
@AnalyzeClasses(
    packages = "dev.skiffmesh",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {

  /** Tests of other modules come as jars once these are packaged. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String API = "dev.skiffmesh.api..";
  private static final String REGISTRY_CORE = "dev.skiffmesh.registry.core..";
  private static final String REGISTRIES = "dev.skiffmesh.registry..";
  private static final String TRANSLATOR = "dev.skiffmesh.translator..";
  private static final String BOOTSTRAP = "dev.skiffmesh.bootstrap..";
  private static final String SERVER = "dev.skiffmesh.server..";
  private static final String E2E = "dev.skiffmesh.e2e..";

  @ArchTest
  static final ArchRule apiUsesOnlyTheJdkAndItsVocabulary =
      classes()
          .that()
          .resideInAPackage(API)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(API, "java..", "org.jspecify..", "org.pcollections..");

  @ArchTest
  static final ArchRule registriesKnowOnlyTheApiAndTheirCore =
      noClasses()
          .that()
          .resideInAPackage(REGISTRIES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TRANSLATOR, BOOTSTRAP, SERVER, E2E, "io.envoyproxy..");

  @ArchTest
  static final ArchRule aRegistryDoesNotKnowAnother =
      slices()
          .matching("dev.skiffmesh.registry.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(alwaysTrue(), resideInAPackage(REGISTRY_CORE));

  @ArchTest
  static final ArchRule theTranslatorKnowsOnlyTheApiAndEnvoy =
      noClasses()
          .that()
          .resideInAPackage(TRANSLATOR)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.skiffmesh.registry..", BOOTSTRAP, SERVER, E2E);

  @ArchTest
  static final ArchRule pureModulesHaveNoInputOutputThreadsClocksOrLoggers =
      noClasses()
          .that()
          .resideInAnyPackage(API, TRANSLATOR, BOOTSTRAP)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.io\\.File.*|java\\.nio\\.(file|channels)\\..*|java\\.net\\.(Socket|ServerSocket"
                  + "|http).*|java\\.lang\\.Thread|java\\.util\\.concurrent\\..*Executor.*"
                  + "|java\\.time\\.Clock|java\\.util\\.Timer|org\\.slf4j\\..*")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  @ArchTest
  static final ArchRule theBootstrapKnowsNeitherServerNorTranslator =
      noClasses()
          .that()
          .resideInAPackage(BOOTSTRAP)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.skiffmesh.registry..", TRANSLATOR, SERVER, E2E);

  @ArchTest
  static final ArchRule onlyTheEdgeOfTheServerKnowsMicronaut =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.skiffmesh.server.app..", "dev.skiffmesh.server.admin..", E2E)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micronaut..");

  @ArchTest
  static final ArchRule theEngineDoesNotKnowWhoFeedsIt =
      noClasses()
          .that()
          .resideInAPackage("dev.skiffmesh.server.delivery..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.skiffmesh.server.control..",
              "dev.skiffmesh.server.app..",
              "dev.skiffmesh.server.admin..",
              "dev.skiffmesh.server.cli..",
              "dev.skiffmesh.registry..");

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().matching("dev.skiffmesh.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule rolesNotCatchAlls =
      noClasses()
          .should()
          .haveNameMatching(".*(Utils?|Managers?|Helpers?|Impl)")
          .because("a type's name says its role");
}
