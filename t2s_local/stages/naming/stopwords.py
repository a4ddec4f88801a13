"""Words that do not describe a subject."""

from t2s_local.text.text import words

STOP = frozenset(
    words("""
    a about above after again all also although always am an and another any anyone anything are as ask asked at back
    be because been before being below best both but by can cannot cause caused come correct could did different do
    does doing don done down during each either else even every everything exactly except fail failed failing fails
    false few file files first following follow for found from further gave get gets give given go goes going good got
    had has have having he help her here hi hello him his how however i if in inside instead into is it its itself just
    keep keeps kept know last least less let like line lines made make makes many may me mean might missing mode more
    most much must my name named names necessary need needed needs never new next no none nor not nothing now of off
    old on once one only or other our out over own part path per please possible provided put rather really repeat
    right run runs said same say says see seems set several shall she should show shows since so some something step
    steps still such sure take takes task than thank thanks that the their them themselves then there these they thing
    things this those three through time times to told too tool try trying two under until up us use used user users
    using usually value values very via want wants was way we well went were what when where which while who whole
    whom whose why will with within without words work works would yes yet you your yourself okay actually
    agent assistant call calls called command commands error errors exception message output result returned returns
    returning true null true args kwargs self def import http https www com id ids number url hash email date
    change changes changing changed add added adding true attempt attempts row succeed succeeded success successful
    ve ll re didn doesn isn won couldn wasn hey hello today current currently upcoming recent recently same details
    detail assist assistance specific general additional particular describe expected actual behavior behaviour bug
    quite become becomes simply easily quickly
    reproduce version info available example instead fix fixed issue issues problem
    code bash sh shell cd echo cat ls test tests python python3 works working
    """)
)
"""Words that do not distinguish subjects, in recorded runs of any kind."""
