package value

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Point is a place on the earth in degrees (WGS 84), kept to six decimals, which
// is about ten centimetres.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

const micro = 1_000_000

// NewPoint rounds to six decimals and refuses what lies off the map.
func NewPoint(lat, lon float64) (Point, error) {
	// The comparison is written so that NaN fails it.
	if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return Point{}, invalid("value.point.range", degrees(lat)+", "+degrees(lon), nil)
	}
	return PointOfMicro(int64(math.RoundToEven(lat*micro)), int64(math.RoundToEven(lon*micro))), nil
}

// PointOfMicro is the point of two stored integers.
func PointOfMicro(lat, lon int64) Point {
	return Point{Lat: float64(lat) / micro, Lon: float64(lon) / micro}
}

// Micro is the point as two integers, millionths of a degree, for columns.
func (p Point) Micro() (lat, lon int64) {
	return int64(math.RoundToEven(p.Lat * micro)), int64(math.RoundToEven(p.Lon * micro))
}

// ParsePoint reads "52.52, 13.405" (latitude first), also with a semicolon.
func ParsePoint(s string) (Point, error) {
	text := narrow(s)
	lat, lon, ok := strings.Cut(text, ";")
	if !ok {
		lat, lon, ok = strings.Cut(text, ",")
	}
	if !ok {
		return Point{}, invalid("value.point", s, nil)
	}
	y, errLat := ParseDecimal(lat)
	x, errLon := ParseDecimal(lon)
	if errLat != nil || errLon != nil {
		return Point{}, invalid("value.point", s, nil)
	}
	return NewPoint(y.InexactFloat64(), x.InexactFloat64())
}

// String is "52.52,13.405".
func (p Point) String() string { return degrees(p.Lat) + "," + degrees(p.Lon) }

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// UnmarshalJSON reads {"lat": 52.52, "lon": 13.405}; both are needed.
func (p *Point) UnmarshalJSON(data []byte) error {
	var in struct{ Lat, Lon *float64 }
	if err := json.Unmarshal(data, &in); err != nil {
		return invalid("value.point.json", string(data), nil).Because(err)
	}
	if in.Lat == nil || in.Lon == nil {
		return invalid("value.point.json", string(data), nil)
	}
	parsed, err := NewPoint(*in.Lat, *in.Lon)
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
