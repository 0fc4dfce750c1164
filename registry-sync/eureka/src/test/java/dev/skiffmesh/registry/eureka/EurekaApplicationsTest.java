package dev.skiffmesh.registry.eureka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.ServiceCatalog;
import dev.skiffmesh.registry.core.TestingSink;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What becomes of Eureka's documents. */
class EurekaApplicationsTest {

  private static final ServiceId ORDER = new ServiceId("trading", "order");

  private final ServiceCatalog catalog = new ServiceCatalog("netflix", "trading", "applications");
  private final EurekaApplications applications = new EurekaApplications(catalog);
  private final TestingSink sink = new TestingSink();

  private static String instance(String id, String ip, String status, String more) {
    return """
        {"instanceId":"%s","hostName":"h","app":"ORDER","ipAddr":"%s","status":"%s",
         "port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},
         "metadata":{"@class":"java.util.Collections$EmptyMap"},"vipAddress":"order"%s}
        """
        .formatted(id, ip, status, more);
  }

  private static EurekaAnswer answer(String hashcode, String instances) throws IOException {
    return EurekaAnswer.read(
        """
        {"applications":{"versions__delta":"7","apps__hashcode":"%s","application":[
          {"name":"ORDER","instance":%s}]}}
        """
            .formatted(hashcode, instances));
  }

  private int endpoints() {
    catalog.tell(sink);
    return sink.seen().endpointsOf(ORDER).size();
  }

  @Test
  void changesAreAppliedInTheirOrderAndTwiceIsOnce() throws IOException {
    applications.become(
        answer(
            "UP_2_",
            "["
                + instance("a", "10.0.0.1", "UP", "")
                + ","
                + instance("b", "10.0.0.2", "UP", "")
                + "]"));
    assertThat(endpoints()).isEqualTo(2);
    assertThat(applications.hashcode()).isEqualTo("UP_2_");

    EurekaAnswer changes =
        answer(
            "DOWN_1_UP_1_",
            "["
                + instance("a", "10.0.0.1", "UP", ",\"actionType\":\"DELETED\"")
                + ","
                + instance("c", "10.0.0.3", "UP", ",\"actionType\":\"ADDED\"")
                + ","
                + instance("c", "10.0.0.3", "DOWN", ",\"actionType\":\"MODIFIED\"")
                + "]");
    applications.change(changes);
    applications.change(changes);
    assertThat(applications.hashcode()).isEqualTo(changes.hashcode());
    assertThat(changes.version()).contains(7L);
    assertThat(endpoints()).isEqualTo(2);
    assertThat(sink.seen().endpointsOf(ORDER))
        .extracting(Endpoint::address)
        .containsExactly("10.0.0.2", "10.0.0.3");
  }

  /** As servers write it that make JSON of their XML. */
  @Test
  void oneOfAListMayStandAlone() throws IOException {
    applications.become(
        EurekaAnswer.read(
            """
            {"applications":{"versions__delta":1,"apps__hashcode":"UP_1_","application":
              {"name":"ORDER","instance":%s}}}
            """
                .formatted(instance("a", "10.0.0.1", "UP", ""))));
    assertThat(endpoints()).isEqualTo(1);
    assertThat(applications.hashcode()).isEqualTo("UP_1_");
  }

  @Test
  void anEntryThatMakesNoSenseIsCountedAndLeftOut() throws IOException {
    applications.become(
        answer(
            "UP_2_",
            "["
                + instance("a", "10.0.0.1", "UP", "")
                + ","
                + instance("b", "no.such.host", "UP", "")
                + "]"));
    assertThat(endpoints()).isEqualTo(1);
    assertThat(applications.hashcode()).isEqualTo("UP_2_");
    assertThat(sink.seen().allFindings())
        .singleElement()
        .satisfies(one -> assertThat(one.code()).isEqualTo(FindingCode.MALFORMED_ENTRY))
        .satisfies(one -> assertThat(one.subject()).isEqualTo("instance b of ORDER"));
  }

  @Test
  void aServiceStaysWithItsPortsWhenItsLastInstanceGoes() throws IOException {
    applications.become(answer("UP_1_", "[" + instance("a", "10.0.0.1", "UP", "") + "]"));
    assertThat(endpoints()).isEqualTo(1);
    applications.become(
        EurekaAnswer.read(
            "{\"applications\":{\"versions__delta\":\"1\",\"apps__hashcode\":\"\",\"application\":[]}}"));
    assertThat(endpoints()).isZero();
    assertThat(applications.hashcode()).isEmpty();
    assertThat(sink.seen().service(ORDER).orElseThrow().ports()).hasSize(1);
    assertThat(catalog.listed()).isEmpty();
  }

  @Test
  void anotherDocumentIsRefused() {
    assertThatThrownBy(() -> EurekaAnswer.read("<html>"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not whole");
    assertThatThrownBy(() -> EurekaAnswer.read("{\"status\":404}"))
        .hasMessage("answers with a document that Eureka does not have");
    assertThatThrownBy(() -> EurekaAnswer.read("{\"applications\":{\"application\":["))
        .hasMessageContaining("not whole");
  }
}
