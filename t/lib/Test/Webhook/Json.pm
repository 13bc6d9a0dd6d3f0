package Test::Webhook::Json;

# Reads and writes JSON; members are written in the order of their names.

use v5.36;
use Exporter 'import';
use JSON::PP ();

our @EXPORT = qw(to_json from_json);

sub to_json :prototype($) ($value) { return JSON::PP->new->canonical->encode($value) }
sub from_json :prototype($) ($text) { return JSON::PP->new->decode($text) }

1;
